"""Partitions with three replicas: followers copy their leader byte by byte, and nothing acknowledged by all is lost with a leader."""
import os
import signal
import unittest

from cluster import wait_until
from load import Load, create_topic
from replicas import check_same_logs, state_of, wait_isr
from shared_cluster import SharedClusterTest, wait_gone

SESSION_TIMEOUT_S = 4
LAG_MS = 3000


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


class OldProtocolTest(ReplicationTest):
    """Leaders write in-sync replicas into ZooKeeper themselves, followers ask for the ends of epochs before they fetch."""
    settings = {**ReplicationTest.settings, "inter.broker.protocol.version": "2.6"}


if __name__ == "__main__":
    unittest.main(verbosity=2)
