"""Clients of every age on one topic: each reads whole and right what all the others wrote, in whatever format."""
import contextlib
import glob
import itertools
import re
import unittest

import confluent_kafka
import kafka
from confluent_kafka.admin import AdminClient, NewTopic

import clients
import corpus
import peers
import raw_records as raw
import wire
from cluster import DEADLINE_S, Cluster, kcat, memory_limit_mb, wait_until
from test_storage import dump

COUNT = 200
LARGEST = 70_000  # so that reading everything sixteen times stays quick
OLD_CODECS = ["none", "gzip", "snappy", "lz4"]
# The format that each generation of clients writes, and reads after down-conversion.
FORMATS = {"0.9.0": 0, "0.10.2": 1, "0.11.0": 2}


class OldKcat(clients.Kcat):
    """librdkafka as if the broker could not be asked for its versions, so that it speaks as a release of then."""

    def __init__(self, cluster, release, ssl=False):
        super().__init__(cluster, ssl)
        self.name = f"kcat-{release}"
        self.codecs = OLD_CODECS
        self.options += ["-X", "api.version.request=false", "-X", f"broker.version.fallback={release}"]

    def write(self, topic, codec, records):
        data = "".join(f"{record.key}\t{record.value}\n" for record in records).encode()
        kcat(*self.options, "-P", "-t", topic, "-p", "0", "-K", "\t", "-z", codec, "-X", "acks=all", data=data)


class OldKafkaPython(clients.KafkaPython):
    def __init__(self, cluster, version):
        super().__init__(cluster, False)
        self.name = "kafka-python-" + ".".join(map(str, version))
        self.codecs = OLD_CODECS
        self.options["api_version"] = version

    def write(self, topic, codec, records):
        super().write(topic, codec, [record._replace(key=record.key.encode(), value=record.value.encode()) for record in records])

    def read(self, topic, count):
        consumer = kafka.KafkaConsumer(**self.options, auto_offset_reset="earliest", consumer_timeout_ms=DEADLINE_S * 1000)
        consumer.assign([kafka.TopicPartition(topic, 0)])
        records = []
        for message in itertools.islice(consumer, count):
            assert message.offset == len(records), f"offset {message.offset} where {len(records)} was due"
            records.append(corpus.Record(message.key, message.value, []))
        consumer.close()
        return records


class NewConfluent(clients.Confluent):
    """Without idempotence, which old formats cannot hold."""

    def write(self, topic, codec, records):
        failed = []
        producer = confluent_kafka.Producer({**self.options, "compression.codec": codec, "linger.ms": 5,
                                             "on_delivery": lambda error, _: error and failed.append(error)})
        for record in records:
            producer.produce(topic, value=record.value, key=record.key)
        left = producer.flush(DEADLINE_S)
        assert not failed and not left, f"{left} records were not acknowledged, {len(failed)} failed, first {failed[:1]}"


def old_clients(cluster):
    return [OldKcat(cluster, "0.9.0"), OldKcat(cluster, "0.10.2"), OldKafkaPython(cluster, (0, 9)), OldKafkaPython(cluster, (0, 10)),
            OldKafkaPython(cluster, (0, 10, 2))]


def new_clients(cluster):
    everyone = [NewConfluent(cluster, False), clients.Console(cluster, False, "3.9"), clients.Console(cluster, False, "2.8")]
    for client in everyone[1:]:  # starting Java takes long
        client.codecs = ["none", "lz4"]
    return everyone


def plain(record):
    return tuple(field.decode() if isinstance(field, bytes) else field for field in record[:2])


def magics_on_disk(broker, topic):
    found = set()
    for path in glob.glob(f"{broker.data}/{topic}-0/*.log"):
        with open(path, "rb") as log:
            found |= {(entry[16], entry[17 if entry[16] < 2 else 22] & 7) for entry in raw.entries(log.read())}
    return found


def dumped_offsets(release, broker, topics):
    """Of all records of each topic, as the release's DumpLogSegments finds them without a complaint."""
    found = {topic: [] for topic in topics}
    logs = sorted(path for topic in topics for path in glob.glob(f"{broker.data}/{topic}-0/*.log"))
    for part in re.split(r"^Dumping ", dump(logs, "--deep-iteration", release=release), flags=re.M)[1:]:
        topic = re.match(r"\S*/(\S+)-0/\d+\.log", part).group(1)
        found[topic] += [int(offset) for offset in re.findall(r"^\| offset: (\d+) ", part, re.M)]
    return found


class OldClientsTest(unittest.TestCase):
    def assert_same(self, expected, got, what):
        self.assertEqual(len(expected), len(got), what)
        for i, (one, other) in enumerate(zip(expected, got)):
            if one != other:
                self.fail(f"{what}: record {i} is {str(other)[:200]}, not {str(one)[:200]}")

    def fill(self, topic, everyone):
        expected = []
        for client in everyone:
            for codec in client.codecs:
                if codec == "zstd":  # which no client of then could read
                    continue
                records = [corpus.Record(f"{client.name}-{codec}-{i}", record.value, [])
                           for i, record in enumerate(corpus.text(COUNT, seed=len(expected))) if len(record.value) <= LARGEST]
                client.write(topic, codec, records)
                expected += [record[:2] for record in records]
        return expected

    def everyone_reads(self, topic, everyone, expected):
        for client in everyone:
            self.assert_same(expected, [plain(record) for record in client.read(topic, len(expected))], f"{topic}, as {client.name} read it")

    def test_all_ages_on_one_topic(self):
        with Cluster(1, ssl=True) as cluster:
            everyone = [*old_clients(cluster), OldKcat(cluster, "0.9.0", ssl=True), *new_clients(cluster)]
            expected = self.fill("all-ages", everyone)
            self.assertEqual({2}, {magic for magic, _ in magics_on_disk(cluster.brokers[0], "all-ages")})
            self.everyone_reads("all-ages", everyone, expected)

    def test_slow_readers_of_old_formats_cost_little(self):
        """Each asks for 16 MB that have to be converted and takes next to nothing of it at first."""
        readers, size, value = 20, 16 << 20, 100_000
        with Cluster(1, ssl=True) as cluster:
            broker = cluster.brokers[0]
            records = [corpus.Record(b"key", bytes([i % 251]) * value, []) for i in range(size // value)]
            clients.Confluent(cluster, False).write("large", "none", records)
            for version, ssl in [(1, False), (3, True)]:
                self.read_slowly(broker, version, ssl, readers, 2 * size, len(records))

    def read_slowly(self, broker, version, ssl, readers, max_bytes, count):
        before_mb = broker.rss_mb()
        with contextlib.ExitStack() as stack:
            connections = [stack.enter_context(raw.connect(broker, ssl)) for _ in range(readers)]
            for connection in connections:
                raw.send_fetch(connection, version, "large", max_bytes=max_bytes, partition_max_bytes=max_bytes)
            begun = [raw.begin_answer(connection) for connection in connections]
            grown_mb = broker.rss_mb() - before_mb
            self.assertLess(grown_mb, memory_limit_mb(40), f"{readers} readers of {max_bytes >> 20} MB each")
            for connection, first in zip(connections, begun):
                found = raw.contents(raw.finish_fetch(connection, version, "large", first).records)
                self.assertEqual([(version // 2, offset) for offset in range(len(found))], [one[:2] for one in found])
                # Old formats need a little more room than what was promised.
                self.assertGreaterEqual(len(found), count - 1)

    def hand_over(self, first, second):
        """Topics that store old formats, as while brokers of before 3.0 are in the cluster, written by two brokers in turn."""
        with peers.ChangingCluster(1, release=first, inter_broker_protocol_version="2.8") as cluster:
            broker = cluster.brokers[0]
            admin = AdminClient({"bootstrap.servers": cluster.bootstrap})
            new = [NewTopic(f"stored-{release}", 1, 1, config={"message.format.version": release}) for release in FORMATS]
            for future in admin.create_topics(new, operation_timeout=DEADLINE_S).values():
                future.result(DEADLINE_S)
            wait_until(lambda: len(wire.metadata(broker.port)[2]) == len(FORMATS), "topics")
            writers = [OldKcat(cluster, "0.9.0"), OldKcat(cluster, "0.10.2"), NewConfluent(cluster, False)]
            readers = [OldKcat(cluster, "0.9.0"), OldKafkaPython(cluster, (0, 9)), OldKafkaPython(cluster, (0, 10, 2)),
                       *new_clients(cluster)[:2]]
            expected = {f"stored-{release}": [] for release in FORMATS}
            for release in [first, second]:
                if broker.process is None:
                    broker.start_as(release)
                for topic, magic in zip(expected, FORMATS.values()):
                    expected[topic] += self.fill(topic, writers)
                    self.assertEqual({(magic, codec) for codec in range(4)}, magics_on_disk(broker, topic))
                    self.everyone_reads(topic, readers, expected[topic])
                broker.stop()
            for release in peers.RELEASES:
                found = dumped_offsets(release, broker, list(expected))
                self.assertEqual({topic: list(range(len(records))) for topic, records in expected.items()}, found)

    def test_old_formats_of_ours_are_theirs(self):
        self.hand_over(None, "2.8")

    def test_old_formats_of_theirs_are_ours(self):
        self.hand_over("2.8", None)


if __name__ == "__main__":
    unittest.main(verbosity=2)
