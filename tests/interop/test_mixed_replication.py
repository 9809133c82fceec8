"""One partition's replicas on our broker and on the JVM's, each of them leading, following and being killed in turn."""
import unittest

import peers
import replica_verification
from cluster import wait_until
from load import Load, create_topic
from replica_logs import wait_isr, wait_same_logs
from shared_cluster import EndsItsCluster

SETTINGS = {"zookeeper.session.timeout.ms": 4000, "replica.lag.time.max.ms": 5000, "replica.fetch.backoff.ms": 200,
            "offsets.topic.replication.factor": 1}


class MixedReplication(EndsItsCluster):
    """Broker 1 is ours, the others run these releases."""
    releases = []
    protocol = None

    @classmethod
    def setUpClass(cls):
        settings = {**SETTINGS, "inter.broker.protocol.version": cls.protocol}
        cls.cluster = peers.ChangingCluster(1 + len(cls.releases), **settings)
        for broker, release in zip(cls.cluster.brokers[1:], cls.releases):
            broker.release = release
        cls.cluster.__enter__()

    def move_controller(self, broker):
        def moved():
            if self.cluster.controller() == broker.id:
                return True
            self.cluster.zk().delete("/controller")
            wait_until(self.cluster.controller, "controller")
            return self.cluster.controller() == broker.id
        wait_until(moved, f"controller {broker.id}")

    def test_each_broker_leads_follows_and_is_killed(self):
        cluster = self.cluster
        ids = [broker.id for broker in cluster.brokers]
        topic = "mixed"
        create_topic(cluster.bootstrap, topic, [ids[i:] + ids[:i] for i in range(len(ids))], min_insync_replicas=2)
        # Idempotent, as librdkafka else sends what waits at a deposed leader behind later records.
        with Load(cluster.bootstrap, topic, len(ids), enable_idempotence="true") as load:
            for broker in cluster.brokers:
                load.wait_progress(500)
                # Ours decides about the JVM's leaders, the JVM's about ours.
                self.move_controller(next(other for other in cluster.brokers if other is not broker))
                broker.kill()
                peers.wait_gone(cluster, broker.id)
                for partition in range(len(ids)):
                    wait_isr(cluster, topic, [each for each in ids if each != broker.id], partition)
                load.wait_progress(500)
                broker.start()
                for partition in range(len(ids)):
                    wait_isr(cluster, topic, ids, partition)
        load.check(exactly_once=True)
        for partition in range(len(ids)):
            wait_same_logs(self.cluster.brokers, topic, partition)
        replica_verification.check(cluster, topic, len(ids), (min(self.releases), None))


class NewAndOldTest(MixedReplication, unittest.TestCase):
    releases = ["3.9", "2.8"]
    protocol = "2.8"


class NewestTest(MixedReplication, unittest.TestCase):
    releases = ["3.9", "3.9"]
    protocol = "3.9"


class OldestTest(MixedReplication, unittest.TestCase):
    """Leaders write in-sync replicas into ZooKeeper themselves."""
    releases = ["3.9", "2.8"]
    protocol = "2.6"


if __name__ == "__main__":
    unittest.main(verbosity=2)
