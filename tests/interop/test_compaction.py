"""Compaction: what the JVM's cleaner and ours leave of the same files, batch for batch, and the JVM on what ours left."""
import glob
import os
import random
import re
import shutil
import unittest

import confluent_kafka
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic

import corpus
import peers
from cluster import DEADLINE_S, wait_until
from test_storage import complaints, dump

KEYS = 60
EACH = 50  # records of a batch
TOPICS = [f"compacted-{codec}" for codec in corpus.CODECS] + ["transactions"]
SETTINGS = dict(log_cleaner_backoff_ms=200, log_cleaner_enable="false", transaction_state_log_replication_factor=1,
                transaction_state_log_min_isr=1, transaction_state_log_num_partitions=1, log_index_interval_bytes=512)
TOPIC_CONFIG = {"cleanup.policy": "compact", "segment.bytes": "40000", "min.cleanable.dirty.ratio": "0.01",
                "delete.retention.ms": "0", "file.delete.delay.ms": "0"}


def create_topics(options):
    admin = AdminClient(options)
    for future in admin.create_topics([NewTopic(topic, 1, 1, config=TOPIC_CONFIG) for topic in TOPICS]).values():
        future.result(DEADLINE_S)


def enlarge_segments(options):
    """So that several of those that are there make one."""
    config = {**TOPIC_CONFIG, "segment.bytes": "100000"}
    resources = [ConfigResource(ConfigResource.Type.TOPIC, topic, set_config=config) for topic in TOPICS]
    admin = AdminClient(options)
    for future in admin.alter_configs(resources).values():
        future.result(DEADLINE_S)


def records(source, count):
    """Keys that come again and again, one in ten of them deleted."""
    for _ in range(count):
        key = b"key-%d" % source.randrange(KEYS)
        yield key, None if source.randrange(10) == 0 else source.randbytes(source.randrange(20, 150))


def send(producer, topic, some):
    """Batches of one size, whoever runs them: segments end at the same offsets then."""
    for i, (key, value) in enumerate(some):
        producer.produce(topic, value, key, partition=0)
        if i % EACH == EACH - 1:
            assert producer.flush(DEADLINE_S) == 0


def write(options, count, seed):
    for topic in TOPICS[:-1]:
        producer = confluent_kafka.Producer({**options, "compression.codec": topic.split("-")[1], "linger.ms": 10_000,
                                             "enable.idempotence": True})
        send(producer, topic, records(random.Random(f"{topic} {seed}"), count))


def write_transactions(options, seed):
    source = random.Random(seed)
    for number in range(12):
        producer = confluent_kafka.Producer({**options, "transactional.id": f"writer-{number % 4}", "linger.ms": 10_000})
        producer.init_transactions(DEADLINE_S)
        producer.begin_transaction()
        send(producer, "transactions", records(source, EACH))
        producer.abort_transaction(DEADLINE_S) if number % 3 == 0 else producer.commit_transaction(DEADLINE_S)
    send(confluent_kafka.Producer({**options, "linger.ms": 10_000}), "transactions", records(source, 10 * EACH))


def write_more(options):
    write(options, 60 * EACH, "more")
    send(confluent_kafka.Producer({**options, "linger.ms": 10_000}), "transactions", records(random.Random("more"), 60 * EACH))


def logs(broker, topic):
    return sorted(glob.glob(f"{broker.data}/{topic}-0/*.log"))


def cleaned_offsets(broker):
    path = f"{broker.data}/cleaner-offset-checkpoint"
    if not os.path.exists(path):
        return {}
    with open(path) as file:
        return {line.split()[0]: int(line.split()[2]) for line in file.read().splitlines()[2:]}


def wait_compacted(broker):
    """Until all but the last segment of each topic is."""
    def done():
        cleaned = cleaned_offsets(broker)
        return all(cleaned.get(topic) == int(os.path.basename(logs(broker, topic)[-1])[:-4]) for topic in TOPICS)
    wait_until(done, f"compaction; the offsets are {cleaned_offsets(broker)}")


def read(options, topic, isolation="read_uncommitted"):
    """(offset, key, value) of all that a reader gets before it is told that there are no more."""
    consumer = confluent_kafka.Consumer({**options, "group.id": "nobody", "enable.auto.commit": False, "check.crcs": True,
                                         "isolation.level": isolation, "enable.partition.eof": True})
    consumer.assign([confluent_kafka.TopicPartition(topic, 0, 0)])
    found = []
    while True:
        message = consumer.poll(DEADLINE_S)
        assert message is not None, f"{topic}: no end came behind {len(found)} records"
        if message.error():
            assert message.error().code() == confluent_kafka.KafkaError._PARTITION_EOF, message.error()
            consumer.close()
            return found
        found.append((message.offset(), message.key(), message.value()))


def read_all(options):
    found = {topic: read(options, topic) for topic in TOPICS}
    found["committed"] = read(options, "transactions", "read_committed")
    return found


def describe(broker):
    """{topic: the batches and records of all segments by the JVM's tool}, but for places, times of deletion and the broker's
    numbers for producers."""
    files = [path for topic in TOPICS for path in logs(broker, topic)]
    text = peers.java("3.9", "kafka.tools.DumpLogSegments", "--deep-iteration", "--print-data-log", "--files", ",".join(files))
    found, producers = {topic: [] for topic in TOPICS}, {}
    for part in re.split(r"^Dumping ", text, flags=re.M)[1:]:
        topic, name = re.match(r"\S*/(\S+)-0/(\d+)\.log", part).groups()
        found[topic].append(name)
        known = producers.setdefault(topic, {"-1": "-1"})
        for line in part.splitlines():
            if line.startswith(("baseOffset", "| offset")):
                line = re.sub(r" (position|size|crc|CreateTime): \d+", "", line)
                line = re.sub(r"deleteHorizonMs: OptionalLong\[\d+\]", "deleteHorizonMs: set", line)
                found[topic].append(re.sub(r"producerId: (-?\d+)", lambda id: known.setdefault(id[1], f"#{len(known)}"), line))
    # Over gaps the tool complains of time indexes, the JVM's own among them.
    indexes = [path.replace(".log", ".index") for path in files]
    dump(indexes)
    dump(indexes, "--index-sanity-check")
    aborted = sorted(glob.glob(f"{broker.data}/transactions-0/*.txnindex"))
    found["aborted"] = re.findall(r"firstOffset: \d+, lastOffset: \d+", dump(aborted)) if aborted else []
    return found


class CompactionTest(unittest.TestCase):
    maxDiff = 3000

    def compact(self, cluster, broker, release):
        """Two passes, the second over what the first left and more; what there is after each."""
        options = {"bootstrap.servers": cluster.bootstrap}
        states = []
        for leg in range(2):
            if leg == 1:
                self.run_broker(broker, release, "false", lambda: write_more(options))
            self.run_broker(broker, release, "true", lambda: (wait_compacted(broker), states.append(read_all(options))))
            states.append(describe(broker))
        return states

    def run_broker(self, broker, release, cleaner, work):
        broker.settings["log.cleaner.enable"] = cleaner
        broker.start_as(release)
        work()
        self.assertEqual([], complaints(broker.log_of_this_run()))
        broker.stop()

    def test_leaves_what_the_jvm_leaves(self):
        with peers.ChangingCluster(1, release="3.9", **SETTINGS) as cluster:
            broker = cluster.brokers[0]
            options = {"bootstrap.servers": cluster.bootstrap}
            create_topics(options)
            write(options, 40 * EACH, "first")
            write_transactions(options, "first")
            enlarge_segments(options)
            before = read_all(options)
            broker.stop()
            kept = broker.data + ".kept"
            shutil.copytree(broker.data, kept)

            theirs = self.compact(cluster, broker, "3.9")
            shutil.rmtree(broker.data)
            shutil.move(kept, broker.data)
            ours = self.compact(cluster, broker, None)

            for topic in TOPICS:
                self.assertLess(len(theirs[0][topic]), len(before[topic]) / 2, topic)
            for number, (their, our) in enumerate(zip(theirs, ours)):
                for topic, found in their.items():
                    self.assertEqual(found, our[topic], f"{topic}, state {number}")

            def check_again():
                for topic, found in read_all(options).items():
                    self.assertEqual(ours[2][topic], found, topic)
            self.run_broker(broker, "3.9", "false", check_again)


if __name__ == "__main__":
    unittest.main(verbosity=2)
