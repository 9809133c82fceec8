"""A broker of ours that lost committed records, under the JVM's controller: the partition has no leader until the JVM's tools give the records up."""
import unittest

import peers
from cluster import wait_until
from peers import ChangingCluster, tool
from replica_logs import state_of, wait_isr, wait_same_logs
from test_lost_records import SETTINGS, LostRecordsCase, values
from load import create_topic


class RefusedLeadershipTest(LostRecordsCase):
    def cluster_of(self, release):
        """Ours as broker 1, the JVM's as broker 2."""
        cluster = ChangingCluster(2, **SETTINGS, inter_broker_protocol_version="2.8" if release == "2.8" else "3.9")
        cluster.brokers[1].release = release
        return cluster

    def elect_unclean(self, cluster, release, topic, leader):
        def elected():
            peers.complete("tool", release, "kafka-leader-election.sh", "--bootstrap-server", cluster.bootstrap,
                           "--election-type", "unclean", "--topic", topic, "--partition", "0")
            return state_of(cluster, topic)[0] == leader
        wait_until(elected, f"unclean election of {leader}")

    def lose(self, cluster):
        """Broker 1 loses the end of `sole`, of which it is the only replica, and of `two`, of which it is the last in sync; the JVM's broker
        controls."""
        ours, jvm = cluster.brokers
        for topic, replicas in (("sole", [1]), ("two", [1, 2])):
            create_topic(cluster.bootstrap, topic, [replicas])
            self.append(ours, topic, b"0", b"1")
        wait_isr(cluster, "two", [1, 2])
        wait_same_logs(cluster.brokers, "two")
        jvm.stop()
        wait_isr(cluster, "two", [1])
        for topic in ("sole", "two"):
            self.append(ours, topic, b"2", b"3", b"4")
            self.wait_recorded(ours, topic, 5)
        self.crash(cluster, ours, "sole", 3)
        self.crash(cluster, ours, "two", 3)
        jvm.start()
        wait_until(lambda: cluster.controller() == 2, "the JVM as controller")
        self.start_refused(cluster, ours, "sole")
        self.wait_led(cluster, "two", -1)

    def check(self, release):
        with self.cluster_of(release) as cluster:
            ours, jvm = cluster.brokers
            self.lose(cluster)
            unavailable = tool(release, "kafka-topics.sh", "--bootstrap-server", cluster.bootstrap, "--describe",
                               "--unavailable-partitions")
            self.assertIn("Topic: sole", unavailable)
            self.assertIn("Topic: two", unavailable)
            self.elect_unclean(cluster, release, "two", 2)
            self.append(jvm, "two", b"new")
            wait_isr(cluster, "two", [1, 2])  # ours was asked again, and follows
            wait_same_logs(cluster.brokers, "two")
            self.assertEqual(["0", "1", "new"], values(cluster, "two"))
            self.wait_led(cluster, "sole", -1)
            tool(release, "kafka-configs.sh", "--bootstrap-server", cluster.bootstrap, "--alter", "--entity-type", "topics",
                 "--entity-name", "sole", "--add-config", "unclean.leader.election.enable=true")
            self.elect_unclean(cluster, release, "sole", 1)
            self.append(ours, "sole", b"new")
            self.assertEqual(["0", "1", "2", "new"], values(cluster, "sole"))

    def test_under_3_9(self):
        self.check("3.9")

    def test_under_2_8(self):
        self.check("2.8")


if __name__ == "__main__":
    unittest.main(verbosity=2)
