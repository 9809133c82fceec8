"""Partitions with three replicas: followers copy their leader byte by byte, and nothing acknowledged by all is lost with a leader."""
import json
import os
import signal
import unittest

from confluent_kafka import Producer

import wire
from cluster import DEADLINE_S, Cluster, wait_until
from load import Load, create_topic, read_all
from replica_logs import state_of, wait_isr, wait_same_logs
from shared_cluster import SharedClusterTest, wait_gone

SESSION_TIMEOUT_S = 4
LAG_MS = 3000


def log_start(broker, topic, partition=0):
    """As checkpointed; 0 when nothing was deleted."""
    with open(os.path.join(broker.data, "log-start-offset-checkpoint")) as checkpoint:
        found = [int(line.split()[2]) for line in checkpoint.read().splitlines()[2:]
                 if line.split()[:2] == [topic, str(partition)]]
    return found[0] if found else 0


class ReplicationTest(SharedClusterTest):
    settings = {"zookeeper.session.timeout.ms": SESSION_TIMEOUT_S * 1000, "replica.lag.time.max.ms": LAG_MS,
                "replica.fetch.backoff.ms": 200}

    def check_counted(self, load, exactly_once=False):
        load.check(exactly_once)
        wait_same_logs(self.cluster.brokers, load.topic)

    def test_followers_copy_their_leader(self):
        cluster = self.cluster
        create_topic(cluster.bootstrap, "copied", [[1, 2, 3], [2, 3, 1], [3, 1, 2]], min_insync_replicas=2)
        with Load(cluster.bootstrap, "copied", 3) as load:
            load.wait_progress(2000)
        load.check()
        for partition in range(3):
            wait_same_logs(self.cluster.brokers, "copied", partition)
            self.assertEqual([1, 2, 3], state_of(cluster, "copied", partition)[1])

    def test_a_killed_leader_loses_nothing_acknowledged_by_all(self):
        cluster = self.cluster
        create_topic(cluster.bootstrap, "survives", [[1, 2, 3]], min_insync_replicas=2)
        with Load(cluster.bootstrap, "survives", 1, enable_idempotence="true") as load:
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
        self.check_counted(load, exactly_once=True)

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

    def test_a_leader_that_stands_still_acknowledges_nothing_once_it_is_deposed(self):
        cluster = self.cluster
        create_topic(cluster.bootstrap, "deposed", [[1, 2, 3]], min_insync_replicas=2)
        old = cluster.broker(1)
        # What it gets alone is never acknowledged by all, and is cut when it follows the new leader.
        with Load(cluster.bootstrap, "deposed", 1) as load, \
                Load(f"127.0.0.1:{old.port}", "deposed", 1, acks="1", message_timeout_ms=300000) as alone:
            load.wait_progress(500)
            os.kill(old.process.pid, signal.SIGSTOP)
            wait_until(lambda: state_of(cluster, "deposed")[0] != 1, "new leader")
            load.wait_progress(500)
            os.kill(old.process.pid, signal.SIGCONT)
            alone.wait_progress(10)
            wait_isr(cluster, "deposed", [1, 2, 3])
            load.wait_progress(500)
        wait_same_logs(self.cluster.brokers, "deposed")
        promised = {offset for offset, _ in load.acknowledged[0]}
        self.assertEqual(len(load.acknowledged[0]), len(promised), "an offset was acknowledged twice")
        self.assertEqual([], load.errors)
        found = dict(read_all(cluster.bootstrap, "deposed", 1)[0])
        for offset, sequence in load.acknowledged[0]:
            self.assertEqual(str(sequence), found[offset], f"offset {offset}")

    def test_deleted_records_go_from_every_replica(self):
        cluster = self.cluster
        create_topic(cluster.bootstrap, "cut", [[1, 2, 3]], min_insync_replicas=2)
        with Load(cluster.bootstrap, "cut", 1) as load:
            load.wait_progress(300)
        # Answered once every live replica begins there.
        leader = cluster.broker(state_of(cluster, "cut")[0])
        self.assertEqual((0, 200), wire.delete_records(leader.port, "cut", 0, 200))
        follower = cluster.broker(2)
        self.assertEqual(0, follower.stop())
        self.assertEqual(200, log_start(follower, "cut"))
        follower.start()
        wait_isr(cluster, "cut", [1, 2, 3])


class OldProtocolTest(ReplicationTest):
    """Leaders write in-sync replicas into ZooKeeper themselves, followers ask for the ends of epochs before they fetch."""
    settings = {**ReplicationTest.settings, "inter.broker.protocol.version": "2.6"}


class ManyPartitionsTest(unittest.TestCase):
    COUNT = 1000
    MOST_WRITES = 25  # a write takes up to two hundred

    def writes(self, cluster, isr):
        """The ZooKeeper transactions by which all partitions have these replicas in sync; nothing while one has not."""
        zk, found = cluster.zk(), set()
        for partition in range(self.COUNT):
            data, stat = zk.get(f"/brokers/topics/many/partitions/{partition}/state")
            if sorted(json.loads(data)["isr"]) != isr:
                return None
            found.add(stat.mzxid)
        return found

    def test_a_follower_leaves_and_comes_back_by_few_writes(self):
        with Cluster(2, replica_lag_time_max_ms=LAG_MS) as cluster:
            leader = cluster.broker(cluster.controller())
            follower = next(broker for broker in cluster.brokers if broker is not leader)
            create_topic(cluster.bootstrap, "many", [[leader.id, follower.id]] * self.COUNT)
            wait_until(lambda: self.writes(cluster, [1, 2]), "all in sync")
            os.kill(follower.process.pid, signal.SIGSTOP)
            producer = Producer({"bootstrap.servers": cluster.bootstrap, "acks": 1, "log_level": 0})
            for partition in range(self.COUNT):
                producer.produce("many", b"x", partition=partition)
            self.assertEqual(0, producer.flush(DEADLINE_S))
            left = wait_until(lambda: self.writes(cluster, [leader.id]), "the leader alone in sync")
            os.kill(follower.process.pid, signal.SIGCONT)
            back = wait_until(lambda: self.writes(cluster, [1, 2]), "all in sync again")
            self.assertLess(len(left), self.MOST_WRITES)
            self.assertLess(len(back), self.MOST_WRITES)


class TlsTest(unittest.TestCase):
    def test_followers_copy_over_tls(self):
        with Cluster(2, ssl=True, security_inter_broker_protocol="SSL") as cluster:
            create_topic(cluster.bootstrap, "tls", [[1, 2], [2, 1]], min_insync_replicas=2)
            with Load(cluster.bootstrap, "tls", 2) as load:
                load.wait_progress(1000)
            load.check()


class RacksTest(unittest.TestCase):
    def test_consumers_read_from_the_follower_in_their_rack(self):
        with Cluster(3, replica_selector_class="org.apache.kafka.common.replica.RackAwareReplicaSelector",
                     broker_rack="far") as cluster:
            near = cluster.brokers[2]
            self.assertEqual(0, near.stop())
            near.settings["broker.rack"] = "near"
            near.start()
            create_topic(cluster.bootstrap, "racks", [[1, 3]], min_insync_replicas=2)
            with Load(cluster.bootstrap, "racks", 1) as load:
                load.wait_progress(1000)
            with wire.Connection(cluster.brokers[0].port) as leader:
                self.assertEqual((0, near.id, 0), wire.fetch_in_rack(leader, "racks", 0, 0, "near"))
                for rack in ("", "far", "elsewhere"):
                    error, preferred, size = wire.fetch_in_rack(leader, "racks", 0, 0, rack)
                    self.assertEqual((0, -1), (error, preferred), rack)
                    self.assertGreater(size, 0, rack)
            with wire.Connection(near.port) as follower:
                error, preferred, size = wire.fetch_in_rack(follower, "racks", 0, 0, "near")
                self.assertEqual((0, -1), (error, preferred))
                self.assertGreater(size, 0)
            read = read_all(cluster.bootstrap, "racks", 1, **{"client.rack": "near"})[0]
            self.assertEqual([str(sequence) for _, sequence in sorted(load.acknowledged[0])], [value for _, value in read])


if __name__ == "__main__":
    unittest.main(verbosity=2)
