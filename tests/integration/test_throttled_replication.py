"""Replicas that are throttled copy at the rate they are given, on either side of the copy; others are left alone (KIP-73)."""
import json
import os
import subprocess
import tempfile
import time
import unittest

from confluent_kafka import Producer

from cluster import ROOT, wait_until
from load import create_topic
from replica_logs import state_of, wait_isr, wait_same_logs
from shared_cluster import SharedClusterTest

RECORD = b"x" * 100_000
FILLED = 20_000_000
RATE = 4_000_000  # bytes a second
# The first window may exceed the rate by one answer, and the last bytes are taken when the rate of all windows is low enough.
LEAST_S = 0.6 * FILLED / RATE


class ThrottledReplicationTest(SharedClusterTest):
    brokers = 2

    def setUp(self):
        for broker in self.cluster.brokers:
            broker.stop()  # a rate is that of the last eleven seconds: each test begins with none
        super().setUp()

    def fill(self, topic):
        create_topic(self.cluster.bootstrap, topic, [[1]])
        producer = Producer({"bootstrap.servers": self.cluster.bootstrap, "acks": "all"})
        for _ in range(FILLED // len(RECORD)):
            producer.produce(topic, RECORD)
            producer.poll(0)
        self.assertEqual(0, producer.flush(30))

    def set_config(self, entity, config):
        """As tools without a broker do: the node, then the note that tells the brokers."""
        zk, path = self.cluster.zk(), f"/config/{entity}"
        data = json.dumps({"version": 1, "config": config}).encode()
        if zk.exists(path):
            zk.set(path, data)
        else:
            zk.create(path, data)
        zk.create("/config/changes/config_change_", json.dumps({"version": 2, "entity_path": entity}).encode(), sequence=True)

    def reassign(self, topic, *arguments):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as plan:
            json.dump({"version": 1, "partitions": [{"topic": topic, "partition": 0, "replicas": [1, 2]}]}, plan)
            plan.flush()
            done = subprocess.run([os.path.join(ROOT, "scripts/kafka-reassign-partitions.sh"), "--bootstrap-server",
                                   self.cluster.bootstrap, "--reassignment-json-file", plan.name, *arguments],
                                  capture_output=True, text=True)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        return done.stdout

    def seconds_of_copy(self, topic):
        begin = time.monotonic()
        self.reassign(topic, "--execute")
        wait_isr(self.cluster, topic, [1, 2])
        seconds = time.monotonic() - begin
        wait_same_logs(self.cluster.brokers, topic)
        return seconds

    @staticmethod
    def changes(broker, key):
        return sum("configs changed" in line and key in line for line in broker.log().splitlines())

    def check_side(self, side):
        topic = f"held-back-by-the-{side}"
        self.fill(topic)
        rate = f"{side}.replication.throttled.rate"
        told = [self.changes(broker, rate) for broker in self.cluster.brokers]
        self.set_config(f"topics/{topic}", {f"{side}.replication.throttled.replicas": "0:1,0:2"})
        for broker in self.cluster.brokers:
            self.set_config(f"brokers/{broker.id}", {rate: str(RATE)})
        for broker, before in zip(self.cluster.brokers, told):
            wait_until(lambda: self.changes(broker, rate) > before, "the rate in effect")
        self.assertGreater(self.seconds_of_copy(topic), LEAST_S)

    def test_the_leader_holds_back_what_it_gives(self):
        self.check_side("leader")

    def test_the_follower_holds_back_what_it_takes(self):
        self.check_side("follower")

    def test_a_reassignment_throttles_what_it_moves(self):
        self.fill("moves")
        # How long it takes is not judged: the first of it may be copied before brokers hear of the rate.
        self.reassign("moves", "--execute", "--throttle", str(RATE))
        for broker in self.cluster.brokers:
            rates = {f"{side}.replication.throttled.rate": str(RATE) for side in ("leader", "follower")}
            self.assertEqual(rates, json.loads(self.cluster.data(f"/config/brokers/{broker.id}"))["config"])
        wait_isr(self.cluster, "moves", [1, 2])
        wait_same_logs(self.cluster.brokers, "moves")
        told = self.reassign("moves", "--verify")
        self.assertIn("Clearing broker-level throttles on brokers 1,2", told)
        for entity in "brokers/1", "brokers/2", "topics/moves":
            self.assertEqual({}, json.loads(self.cluster.data(f"/config/{entity}"))["config"])
        self.assertEqual([1, 2], state_of(self.cluster, "moves")[1])


if __name__ == "__main__":
    unittest.main()
