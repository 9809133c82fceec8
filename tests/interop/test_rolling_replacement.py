"""A cluster of three JVM brokers under load becomes ours broker by broker, each on the data directory of the one before, and the JVM's again."""
import threading
import unittest

from confluent_kafka import Consumer, KafkaException, TopicPartition

import peers
import replica_verification
from cluster import DEADLINE_S, wait_until
from load import Load, create_topic
from replica_logs import wait_isr, wait_same_logs

BROKERS = [1, 2, 3]
PARTITIONS = 3
SPREAD = [[1, 2, 3], [2, 3, 1], [3, 1, 2]]
# Nobody dies here, but a JVM that starts on a busy machine is silent for long.
SETTINGS = {"zookeeper.session.timeout.ms": 30000, "replica.lag.time.max.ms": 10000, "default.replication.factor": 3,
            "min.insync.replicas": 2, "offsets.topic.replication.factor": 3, "offsets.topic.num.partitions": 3,
            "controlled.shutdown.retry.backoff.ms": 500}


class GroupReader:
    """The one member of a group, which commits what it has read, and never gets to see again what it has committed."""

    def __init__(self, bootstrap, group, topic):
        self.topic = topic
        self.wrong = []
        self.next = {}  # by partition: the offset behind the last record read
        self.committed = {}  # by partition: what the coordinator has acknowledged
        self.ending = threading.Event()
        self.consumer = Consumer({
            "bootstrap.servers": bootstrap, "group.id": group, "enable.auto.commit": False, "auto.offset.reset": "earliest", "log_level": 0,
            "session.timeout.ms": 20000, "heartbeat.interval.ms": 500, "reconnect.backoff.max.ms": 300,
            "topic.metadata.refresh.interval.ms": 1000, "coordinator.query.interval.ms": 500})
        self.consumer.subscribe([topic])
        self.thread = threading.Thread(target=self.run, name=f"group-{group}", daemon=True)
        self.thread.start()

    def run(self):
        while not self.ending.is_set():
            for message in self.consumer.consume(500, 0.2):
                if message.error() is None:
                    self.see(message.partition(), message.offset())
            self.commit()

    def see(self, partition, offset):
        first_allowed, expected = self.committed.get(partition, 0), self.next.get(partition, 0)
        if not first_allowed <= offset <= expected:
            self.wrong.append(f"{self.topic}-{partition}: read {offset}, where {first_allowed} is committed and {expected} comes next")
        self.next[partition] = offset + 1

    def commit(self):
        """What fails is committed with the next."""
        wanted = [TopicPartition(self.topic, partition, offset) for partition, offset in self.next.items()
                  if self.committed.get(partition) != offset]
        if not wanted:
            return
        try:
            for done in self.consumer.commit(offsets=wanted, asynchronous=False):
                if done.error is None:
                    self.committed[done.partition] = done.offset
        except KafkaException:
            pass

    def wait_for(self, ends):
        """Until all below these offsets, by partition, is read and committed."""
        wait_until(lambda: self.wrong or self.committed == ends, f"commits of {ends}; {self.committed} are")

    def end(self):
        self.ending.set()
        self.thread.join(DEADLINE_S)
        self.consumer.close()


def committed(bootstrap, group, topic):
    """By partition, asked by another client."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": group, "log_level": 0})
    try:
        found = consumer.committed([TopicPartition(topic, partition) for partition in range(PARTITIONS)], DEADLINE_S)
        return {each.partition: each.offset for each in found}
    finally:
        consumer.close()


class RollingReplacementTest(unittest.TestCase):
    def replace(self, cluster, broker, release, loads):
        broker.stop()
        broker.start_as(release)
        for load in loads:
            for partition in range(PARTITIONS):
                wait_isr(cluster, load.topic, BROKERS, partition)
        for load in loads:
            load.wait_progress(200)

    def test_to_us_and_back_under_load(self):
        with peers.ChangingCluster(len(BROKERS), release="3.9", **SETTINGS) as cluster:
            for topic in ("plain", "idempotent"):
                create_topic(cluster.bootstrap, topic, SPREAD, min_insync_replicas=2)
            with Load(cluster.bootstrap, "plain", PARTITIONS) as plain, \
                    Load(cluster.bootstrap, "idempotent", PARTITIONS, enable_idempotence="true") as idempotent:
                reader = GroupReader(cluster.bootstrap, "watchers", "idempotent")
                loads = (plain, idempotent)
                for load in loads:
                    load.wait_progress(200)
                for release in (None, "3.9"):
                    for broker in cluster.brokers:
                        self.replace(cluster, broker, release, loads)
                    replica_verification.check(cluster, "plain|idempotent", 2 * PARTITIONS)
            # Without idempotence a batch whose broker does not answer any more is sent to the next leader, behind later ones.
            plain.check(in_order=False)
            there = idempotent.check(exactly_once=True)
            ends = {partition: len(records) for partition, records in there.items()}
            reader.wait_for(ends)
            reader.end()
            self.assertEqual([], reader.wrong)
            self.assertEqual(ends, committed(cluster.bootstrap, "watchers", "idempotent"))
            for load in loads:
                for partition in range(PARTITIONS):
                    wait_same_logs(cluster.brokers, load.topic, partition)


if __name__ == "__main__":
    unittest.main(verbosity=2)
