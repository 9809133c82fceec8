"""Our kafka-dump-log against the JVM's DumpLogSegments, line by line, over what a JVM broker wrote and what was broken since."""
import glob
import os
import shutil
import struct
import subprocess
import tempfile
import unittest

import confluent_kafka

import clients
import corpus
import peers
import raw_records
from cluster import BINARIES, DEADLINE_S, ROOT

NAME = "0" * 20
NOW_MS = 1_700_000_000_000
SETTINGS = dict(log_segment_bytes=1_100_000, log_index_interval_bytes=512, offsets_topic_num_partitions=1,
                transaction_state_log_num_partitions=1, transaction_state_log_replication_factor=1,
                transaction_state_log_min_isr=1)


def theirs(*arguments):
    return peers.complete("java", "3.9", "kafka.tools.DumpLogSegments", *arguments)


def ours(*arguments):
    return subprocess.run([os.path.join(ROOT, "scripts/kafka-dump-log.sh"), *arguments], capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=DEADLINE_S, env={**os.environ, "ODRADEK_BINARIES": BINARIES})


def write_transactions(options):
    producer = confluent_kafka.Producer({**options, "transactional.id": "writer"})
    producer.init_transactions(DEADLINE_S)
    for end in [producer.abort_transaction, producer.commit_transaction] * 2:
        producer.begin_transaction()
        for i in range(10):
            producer.produce("transactions", b"value", str(i).encode(), partition=0, headers=[("one", b"1"), ("two", None)])
        producer.flush(DEADLINE_S)
        end(DEADLINE_S)


def commit_offsets(options):
    consumer = confluent_kafka.Consumer({**options, "group.id": "readers", "enable.auto.commit": False,
                                         "auto.offset.reset": "earliest"})
    consumer.subscribe(["transactions"])
    assert len(consumer.consume(20, DEADLINE_S)) == 20
    consumer.commit(asynchronous=False)
    consumer.close()


def write_all(cluster):
    client = clients.Confluent(cluster, False)
    for codec in corpus.CODECS:
        client.write(f"codec-{codec}", codec, list(corpus.binary(500)))
    write_transactions(client.options)
    commit_offsets(client.options)


class DumpLogTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.mkdtemp(prefix="dump-log-")
        cls.addClassCleanup(shutil.rmtree, cls.directory)
        cls.data = os.path.join(cls.directory, "data")
        with peers.ChangingCluster(1, release="3.9", **SETTINGS) as cluster:
            write_all(cluster)
            cluster.brokers[0].stop()
            shutil.copytree(cluster.brokers[0].data, cls.data)

    def files(self, pattern):
        found = sorted(glob.glob(os.path.join(self.data, pattern)))
        self.assertTrue(found, pattern)
        return ",".join(found)

    def content(self, path):
        with open(os.path.join(self.data, path), "rb") as file:
            return file.read()

    def broken(self, name, content, kind):
        """A file of its own directory, so that its neighbours can be chosen too."""
        directory = os.path.join(self.directory, name)
        os.makedirs(directory, exist_ok=True)
        path = os.path.join(directory, f"{NAME}.{kind}")
        with open(path, "wb") as file:
            file.write(content)
        return path

    def same(self, *arguments, errors=True):
        """Both say the same; the standard errors too unless the JVM's is a stack trace."""
        expected, got = theirs(*arguments), ours(*arguments)
        self.assertEqual(expected.stdout.split(b"\n"), got.stdout.split(b"\n"), arguments)
        self.assertEqual(expected.returncode, got.returncode, got.stderr)
        if errors:
            self.assertEqual(expected.stderr, got.stderr, arguments)
        return got

    def fails_alike(self, path, *arguments):
        """The JVM ends with a stack trace; we print as much of the file, and then name the file and the fault."""
        got = self.same(*arguments, "--files", path, errors=False)
        self.assertEqual(1, got.returncode)
        self.assertIn(path.encode(), got.stderr)
        return got.stderr.decode()

    def test_logs_of_every_codec(self):
        logs = self.files("*/*.log")
        for options in [[], ["--deep-iteration"], ["--print-data-log"], ["--print-data-log", "--skip-record-metadata"],
                        ["--deep-iteration", "--skip-record-metadata"], ["--deep-iteration", "--max-bytes", "70000"]]:
            self.same(*options, "--files", logs)

    def test_internal_topics(self):
        offsets, transactions = self.files("__consumer_offsets-0/*.log"), self.files("__transaction_state-0/*.log")
        for options in [], ["--skip-record-metadata"]:
            self.assertIn(b'"group":"readers"', self.same("--offsets-decoder", *options, "--files", offsets).stdout)
            self.assertIn(b"transactionalId=writer", self.same("--transaction-log-decoder", *options, "--files", transactions).stdout)

    def test_indexes(self):
        for kind in "index", "timeindex":
            files = self.files(f"*/*.{kind}")
            for options in [], ["--verify-index-only"], ["--index-sanity-check"]:
                self.same(*options, "--files", files)

    def test_aborted_transactions_and_producers(self):
        self.assertIn(b"lastStableOffset", self.same("--files", self.files("*/*.txnindex")).stdout)
        self.assertIn(b"lastSequence", self.same("--files", self.files("*/*.snapshot")).stdout)

    def test_decoders(self):
        log = self.files("transactions-0/*.log")
        for name in "org.apache.kafka.tools.api.StringDecoder", "kafka.serializer.StringDecoder":
            self.same("--value-decoder-class", name, "--files", log)
            self.same("--key-decoder-class", name, "--files", log)
        self.same("--value-decoder-class", "--files", log)
        refused = ours("--value-decoder-class", "some.Other", "--files", log)
        self.assertEqual(1, refused.returncode)
        self.assertIn(b"some.Other", refused.stderr)

    def test_old_magics(self):
        logs = [self.broken(f"magic-{magic}-{codec}", raw_records.legacy(magic, codec, NOW_MS, (b"value", None, b"last")), "log")
                for magic in (0, 1) for codec in (raw_records.NONE, raw_records.GZIP, raw_records.SNAPPY)]
        logs.append(self.broken("magic-1-lz4", raw_records.legacy(1, raw_records.LZ4, NOW_MS), "log"))
        logs.append(self.broken("magic-1-appended", raw_records.message(1, NOW_MS, raw_records.LOG_APPEND_TIME), "log"))
        logs.append(self.broken("magic-1-crc", raw_records.message(1, NOW_MS, crc=7), "log"))
        for options in [], ["--deep-iteration"], ["--print-data-log"]:
            self.same(*options, "--files", ",".join(logs))

    def test_broken_logs(self):
        log = self.content(f"transactions-0/{NAME}.log")
        first = struct.unpack_from(">i", log, 8)[0] + 12
        torn = self.broken("torn", log[:-5], "log")
        wrong_crc = self.broken("crc", log[:17] + b"\0\0\0\0" + log[21:], "log")
        repeated = self.broken("repeated", log + log[:first] + log[:first], "log")
        for path in torn, wrong_crc, repeated:
            self.same("--files", path)
            self.same("--deep-iteration", "--files", path)
        said = self.fails_alike(self.broken("zeros", log[:first] + bytes(100), "log"), "--deep-iteration")
        self.assertIn(f"position {first}", said)

    def test_broken_offset_indexes(self):
        def index(name, *entries, tail=b""):
            self.broken(name, self.content(f"transactions-0/{NAME}.log"), "log")
            return self.broken(name, b"".join(struct.pack(">ii", *entry) for entry in entries) + tail, "index")

        self.same("--files", index("mismatches", (3, 0), (4, 0), (9, 0), tail=bytes(16)))
        self.same("--files", index("torn-index", (5, 0), tail=b"x"))
        self.same("--files", index("no-entries"))
        self.same("--index-sanity-check", "--files", index("base-only", (0, 0)))
        self.fails_alike(index("below-base", (-1, 0)), "--index-sanity-check")
        self.fails_alike(index("torn-index", (5, 0), tail=b"x"), "--index-sanity-check")
        self.fails_alike(index("outside", (9, 0), (10, 1 << 20)))
        self.fails_alike(index("small", (9, 0)), "--max-message-size", "70")

    def test_broken_time_indexes(self):
        def index(name, *entries, tail=b""):
            for kind in "log", "index":
                self.broken(name, self.content(f"transactions-0/{NAME}.{kind}"), kind)
            return self.broken(name, b"".join(struct.pack(">qi", *entry) for entry in entries) + tail, "timeindex")

        self.same("--files", index("times", (9, 9), (9, 9), (3, 10), (4, 5), (5, 10000), tail=bytes(24)))
        self.same("--verify-index-only", "--files", index("times-once", (9, 9)))
        self.same("--index-sanity-check", "--files", index("times-none"))
        self.fails_alike(index("times-fall", (9, 9), (8, 10)), "--index-sanity-check")
        self.fails_alike(index("times-below", (9, -4)), "--index-sanity-check")
        self.fails_alike(index("times-torn", (9, 9), tail=b"x"), "--index-sanity-check")

    def test_broken_snapshots(self):
        snapshot = self.content(os.path.relpath(self.files("transactions-0/*.snapshot").split(",")[-1], self.data))
        for name, content in {"sum": snapshot[:-1] + b"x", "tail": snapshot + b"x", "version": b"\0\2" + snapshot[2:],
                              "cut": snapshot[:-1], "empty": b"", "negative": snapshot[:6] + b"\xff" * 4 + snapshot[10:]}.items():
            path = self.broken(f"snapshot-{name}", content, "snapshot")
            expected, got = theirs("--files", path), ours("--files", path)
            self.assertEqual((expected.stdout, expected.returncode), (got.stdout, got.returncode), name)
            why, where = got.stderr.decode().splitlines()
            self.assertEqual(f"  in {path}", where)
            if name in ("sum", "tail", "version"):
                self.assertEqual(expected.stderr.decode().splitlines(), [why])
            else:
                self.assertRegex(why, "^Snapshot failed schema validation: ")

    def test_broken_transaction_indexes(self):
        content = self.content(f"transactions-0/{NAME}.txnindex")
        self.same("--files", self.broken("txn-torn", content[:-3], "txnindex"))
        self.fails_alike(self.broken("txn-version", content[:34] + b"\7" + content[35:], "txnindex"))

    def test_other_files(self):
        self.same("--files", self.broken("other", b"", "other"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
