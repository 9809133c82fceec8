"""Files on disk: ours read by the JVM's DumpLogSegments, and data directories handed to and fro between the two brokers."""
import glob
import re
import unittest

import confluent_kafka

import clients
import corpus
import peers
from cluster import DEADLINE_S, Cluster
from corpus import Record

COUNT = 2000
COMPLAINTS = re.compile(r"isvalid: false|mismatch|non-consecutive|invalid|corrupt|exception|not found|error", re.I)


def dump(files, *options):
    """DumpLogSegments over the files, which must not complain; what it printed."""
    done = peers.complete("java", "3.9", "kafka.tools.DumpLogSegments", *options, "--files", ",".join(files))
    said = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
    for text in said:
        complaint = COMPLAINTS.search(text)
        if complaint:
            start = max(0, complaint.start() - 500)
            raise AssertionError(f"DumpLogSegments of {files} complains: {text[start:complaint.end() + 500]}")
    assert done.returncode == 0, said[1]
    return said[0]


def dump_all(broker, topics):
    """Dumps every log and index of the topics; offsets found in the logs, {topic: [offset…]}."""
    offsets = {topic: [] for topic in topics}
    logs = sorted(path for topic in topics for path in glob.glob(f"{broker.data}/{topic}-0/*.log"))
    text = dump(logs, "--deep-iteration")
    for part in re.split(r"^Dumping ", text, flags=re.M)[1:]:
        topic = re.match(r"\S*/(\S+)-0/\d+\.log", part).group(1)
        offsets[topic] += [int(offset) for offset in re.findall(r"^\| offset: (\d+) ", part, re.M)]
    indexes = [path for topic in topics for kind in ["index", "timeindex", "txnindex"]
               for path in sorted(glob.glob(f"{broker.data}/{topic}-0/*.{kind}"))]
    dump(indexes)
    dump([path for path in indexes if path.endswith(".index")], "--index-sanity-check")
    return offsets


class DumpTest(unittest.TestCase):
    TOPICS = [f"dumped-{codec}" for codec in corpus.CODECS]

    def write(self, cluster):
        confluent = clients.Confluent(cluster, False)
        records = list(corpus.binary(COUNT))
        for codec, topic in zip(corpus.CODECS, self.TOPICS):
            confluent.write(topic, codec, records)

    def test_segments_of_every_codec(self):
        with Cluster(1, log_segment_bytes=1_100_000, log_index_interval_bytes=512) as cluster:
            broker = cluster.brokers[0]
            self.write(cluster)
            self.assertEqual(0, broker.stop())
            offsets = dump_all(broker, self.TOPICS)
            self.assertGreater(len(glob.glob(f"{broker.data}/{self.TOPICS[0]}-0/*.log")), 2)
            for topic in self.TOPICS:
                self.assertEqual(list(range(COUNT)), offsets[topic], topic)
            dump(glob.glob(f"{broker.data}/{self.TOPICS[0]}-0/*.snapshot"))

    def test_segments_after_a_kill_and_recovery(self):
        with Cluster(1, log_segment_bytes=1_100_000, log_index_interval_bytes=512) as cluster:
            broker = cluster.brokers[0]
            self.write(cluster)
            broker.kill()
            for path in glob.glob(f"{broker.data}/dumped-*-0/*.log"):
                if path == max(glob.glob(path.rsplit("/", 1)[0] + "/*.log")):
                    with open(path, "ab") as log:
                        log.write(b"\0\0\0\0\0\0\7\xd0half a batch")
            peers.wait_gone(cluster, broker.id)
            broker.start()
            self.write(cluster)
            self.assertEqual(0, broker.stop())
            offsets = dump_all(broker, self.TOPICS)
            for topic in self.TOPICS:
                self.assertEqual(list(range(2 * COUNT)), offsets[topic], topic)


class HandOverTest(unittest.TestCase):
    """One data directory, served in turn by the JVM's broker and ours; every leg reads all that earlier legs wrote, then adds."""

    SETTINGS = dict(log_segment_bytes=1_100_000, log_index_interval_bytes=512, transaction_state_log_replication_factor=1,
                    transaction_state_log_min_isr=1, transaction_state_log_num_partitions=1)
    TOPICS = [f"handed-{codec}" for codec in corpus.CODECS]

    def read(self, client, topic, count, group):
        consumer = confluent_kafka.Consumer({**client.options, "group.id": group, "enable.auto.commit": False,
                                             "isolation.level": "read_committed", "check.crcs": True})
        consumer.assign([confluent_kafka.TopicPartition(topic, 0, 0)])
        records = []
        while len(records) < count:
            batch = consumer.consume(count - len(records), DEADLINE_S)
            self.assertTrue(batch, f"{topic}: {len(records)} of {count} records came")
            records += [Record(message.key(), message.value(), message.headers() or []) for message in batch]
        consumer.close()
        return records

    def committed(self, client, group):
        consumer = confluent_kafka.Consumer({**client.options, "group.id": group})
        offset = consumer.committed([confluent_kafka.TopicPartition(self.TOPICS[0], 0)], DEADLINE_S)[0].offset
        consumer.close()
        return offset

    def commit(self, client, group, offset):
        consumer = confluent_kafka.Consumer({**client.options, "group.id": group, "enable.auto.commit": False})
        consumer.commit(offsets=[confluent_kafka.TopicPartition(self.TOPICS[0], 0, offset)], asynchronous=False)
        consumer.close()

    def transactions(self, client):
        """Two transactions, of which the first is aborted."""
        producer = confluent_kafka.Producer({**client.options, "transactional.id": "writer"})
        producer.init_transactions(DEADLINE_S)
        for value in [b"aborted", b"committed"]:
            producer.begin_transaction()
            for i in range(10):
                producer.produce("transactions", value, str(i).encode(), partition=0)
            producer.flush(DEADLINE_S)
            producer.commit_transaction(DEADLINE_S) if value == b"committed" else producer.abort_transaction(DEADLINE_S)

    def check(self, client, expected, leg):
        for topic in self.TOPICS:
            self.assertTrue(expected[topic] == self.read(client, topic, len(expected[topic]), "checker"), f"leg {leg}: {topic}")
        self.assertEqual(expected["offset"], self.committed(client, "carried"), f"leg {leg}: committed offset")
        got = self.read(client, "transactions", expected["transactions"], "checker")
        self.assertEqual({b"committed"}, {record.value for record in got}, f"leg {leg}")

    def add(self, cluster, expected, leg):
        client = clients.Confluent(cluster, False)
        for codec, topic in zip(corpus.CODECS, self.TOPICS):
            records = list(corpus.binary(COUNT, seed=leg))
            client.write(topic, codec, records)
            expected[topic] += records
        expected["offset"] = 100 + leg
        self.commit(client, "carried", expected["offset"])
        if cluster.brokers[0].release:
            self.transactions(client)
            expected["transactions"] += 10

    def hand_over(self, legs, end):
        with peers.ChangingCluster(1, release=legs[0], **self.SETTINGS) as cluster:
            broker = cluster.brokers[0]
            expected = {topic: [] for topic in self.TOPICS} | {"transactions": 0}
            for leg, release in enumerate(legs):
                if leg > 0:
                    end(cluster, broker)
                    broker.start_as(release)
                    self.check(clients.Confluent(cluster, False), expected, leg)
                self.add(cluster, expected, leg)
                self.assertNotRegex(broker.log_of_this_run(), r"(?i)\bERROR\b|corrupt", f"leg {leg}")
            broker.stop()
            found = dump_all(broker, self.TOPICS)
            for topic in self.TOPICS:
                self.assertEqual(list(range(len(expected[topic]))), found[topic], topic)

    @staticmethod
    def stop(cluster, broker):
        broker.stop()

    @staticmethod
    def kill(cluster, broker):
        broker.kill()
        peers.wait_gone(cluster, broker.id)

    def test_to_us_and_back_when_stopped(self):
        self.hand_over(["3.9", None, "3.9", None], self.stop)

    def test_to_us_and_back_when_killed(self):
        self.hand_over(["3.9", None, "3.9", None], self.kill)

    def test_to_us_and_back_from_the_old_release(self):
        self.hand_over(["2.8", None, "2.8"], self.stop)


if __name__ == "__main__":
    unittest.main(verbosity=2)
