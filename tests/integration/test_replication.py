"""Partitions with three replicas: followers copy their leader byte by byte, and nothing acknowledged by all is lost with a leader."""
import glob
import json
import os
import signal
import struct
import unittest

from cluster import wait_until
from load import Load, create_topic
from shared_cluster import SharedClusterTest, wait_gone

SESSION_TIMEOUT_S = 4
LAG_MS = 3000
BATCH_OVERHEAD = 12


def state_of(cluster, topic, partition=0):
    """What ZooKeeper says of a partition: (leader, sorted in-sync replicas, leader epoch)."""
    state = json.loads(cluster.data(f"/brokers/topics/{topic}/partitions/{partition}/state"))
    return state["leader"], sorted(state["isr"]), state["leader_epoch"]


def wait_isr(cluster, topic, isr, partition=0):
    wait_until(lambda: state_of(cluster, topic, partition)[1] == sorted(isr),
               f"in-sync replicas {isr} of {topic}-{partition}; they are {state_of(cluster, topic, partition)}")


def batches(broker, topic, partition=0):
    """[(base offset, bytes)] of a replica's log on disk."""
    found = []
    for path in sorted(glob.glob(f"{broker.data}/{topic}-{partition}/*.log")):
        with open(path, "rb") as log:
            data = log.read()
        at = 0
        while at + BATCH_OVERHEAD <= len(data):
            offset, size = struct.unpack_from(">qi", data, at)
            found.append((offset, data[at:at + BATCH_OVERHEAD + size]))
            at += BATCH_OVERHEAD + size
    return found


def high_watermark(broker, topic, partition=0):
    """As checkpointed."""
    path = os.path.join(broker.data, "replication-offset-checkpoint")
    with open(path) as checkpoint:
        for line in checkpoint.read().splitlines()[2:]:
            name, index, offset = line.split()
            if (name, int(index)) == (topic, partition):
                return int(offset)
    return 0


def check_same_logs(brokers, topic, partition=0):
    """The replicas' logs are equal, byte for byte; how many batches they have."""
    first, *others = [batches(broker, topic, partition) for broker in brokers]
    for broker, other in zip(brokers[1:], others):
        for mine, theirs in zip(first, other):
            assert mine == theirs, f"{topic}-{partition}: batch at {mine[0]} differs on broker {broker.id}"
        assert len(first) == len(other), f"{topic}-{partition}: {len(first)} and {len(other)} batches on broker {broker.id}"
    return len(first)


class ReplicationTest(SharedClusterTest):
    settings = {"zookeeper.session.timeout.ms": SESSION_TIMEOUT_S * 1000, "replica.lag.time.max.ms": LAG_MS,
                "replica.fetch.backoff.ms": 200}

    def wait_same_logs(self, topic, partition=0):
        def same():
            try:
                return check_same_logs(self.cluster.brokers, topic, partition)
            except AssertionError:
                return 0
        wait_until(same, f"equal logs of {topic}-{partition}")

    def check_counted(self, load):
        load.check()
        self.wait_same_logs(load.topic)

    def test_followers_copy_their_leader(self):
        cluster = self.cluster
        create_topic(cluster.bootstrap, "copied", [[1, 2, 3], [2, 3, 1], [3, 1, 2]], min_insync_replicas=2)
        with Load(cluster.bootstrap, "copied", 3) as load:
            load.wait_progress(2000)
        load.check()
        for partition in range(3):
            self.wait_same_logs("copied", partition)
            self.assertEqual([1, 2, 3], state_of(cluster, "copied", partition)[1])

    def test_a_killed_leader_loses_nothing_acknowledged_by_all(self):
        cluster = self.cluster
        create_topic(cluster.bootstrap, "survives", [[1, 2, 3]], min_insync_replicas=2)
        with Load(cluster.bootstrap, "survives", 1) as load:
            for _ in range(3):
                load.wait_progress(500)
                leader = cluster.broker(state_of(cluster, "survives")[0])
                leader.kill()
                wait_gone(cluster, leader)
                load.wait_progress(500)
                others = [broker.id for broker in cluster.brokers if broker is not leader]
                wait_isr(cluster, "survives", others)
                leader.start()
                wait_isr(cluster, "survives", [1, 2, 3])
        self.check_counted(load)

    def test_a_follower_that_stands_still_leaves_and_comes_back(self):
        cluster = self.cluster
        create_topic(cluster.bootstrap, "shrinks", [[1, 2, 3]], min_insync_replicas=2)
        follower = next(broker for broker in cluster.brokers if broker.id not in (1, cluster.controller()))
        with Load(cluster.bootstrap, "shrinks", 1) as load:
            load.wait_progress(200)
            os.kill(follower.process.pid, signal.SIGSTOP)
            others = [broker.id for broker in cluster.brokers if broker is not follower]
            wait_isr(cluster, "shrinks", others)
            load.wait_progress(200)
            os.kill(follower.process.pid, signal.SIGCONT)
            wait_isr(cluster, "shrinks", [1, 2, 3])
            load.wait_progress(200)
        self.check_counted(load)


if __name__ == "__main__":
    unittest.main(verbosity=2)
