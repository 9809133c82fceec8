"""Three brokers: each is killed under load and comes back with all it acknowledged, and the cluster agrees about it."""
import json
import os
import re
import time
import types
import unittest

from cluster import wait_until
from load import Load, create_topic, delete_topic
from shared_cluster import SharedClusterTest, wait_agreement, wait_gone

SESSION_TIMEOUT_S = 4
ONE_EACH = [[1], [2], [3]]  # partition i is led by broker i + 1


class ClusterTest(SharedClusterTest):
    settings = {"zookeeper.session.timeout.ms": SESSION_TIMEOUT_S * 1000}

    def wait_agreement(self, topics, leaders):
        wait_agreement(self.cluster, {topic: leaders for topic in topics})

    def kill_one(self, broker, loads):
        was_controller = self.cluster.controller() == broker.id
        others = [other.id - 1 for other in self.cluster.brokers if other is not broker]
        broker.kill()
        killed = time.monotonic()
        if was_controller:
            wait_until(lambda: self.cluster.controller() not in (None, broker.id), "another controller")
            self.assertLess(time.monotonic() - killed, SESSION_TIMEOUT_S + 1, "controller failover took too long")
        wait_gone(self.cluster, broker)
        for load in loads:
            load.wait_progress(partitions=others)
        self.wait_agreement([load.topic for load in loads],
                            [-1 if i == broker.id - 1 else i + 1 for i in range(3)])

    def test_each_broker_is_killed_in_turn_and_loses_nothing_acknowledged(self):
        bootstrap = self.cluster.bootstrap
        for acks in ("1", "all"):
            create_topic(bootstrap, f"killed-{acks}", ONE_EACH)
        with Load(bootstrap, "killed-1", 3, acks="1") as one, Load(bootstrap, "killed-all", 3, acks="all") as every:
            for broker in self.cluster.brokers:
                for load in (one, every):
                    load.wait_progress()
                epoch = self.cluster.zk().exists(f"/brokers/ids/{broker.id}").czxid
                self.kill_one(broker, [one, every])
                broker.start()
                self.cluster.wait_registered(3)
                self.assertGreater(self.cluster.zk().exists(f"/brokers/ids/{broker.id}").czxid, epoch)
                for load in (one, every):
                    load.wait_progress()
                self.wait_agreement([one.topic, every.topic], [1, 2, 3])
        one.check()
        every.check()

    def test_every_broker_at_once_is_killed_and_loses_nothing_acknowledged(self):
        bootstrap = self.cluster.bootstrap
        create_topic(bootstrap, "all-at-once", ONE_EACH, segment_bytes=20000)
        with Load(bootstrap, "all-at-once", 3) as load:
            load.wait_progress(3000)
            for broker in self.cluster.brokers:
                broker.kill()
            for broker in self.cluster.brokers:
                wait_gone(self.cluster, broker)
            for broker in self.cluster.brokers:
                broker.launch()
            for broker in self.cluster.brokers:
                broker.wait_started()
            load.wait_progress()
        load.check()

    def test_a_topic_deleted_while_a_broker_is_away_goes_when_it_is_back(self):
        cluster = self.cluster
        create_topic(cluster.bootstrap, "deleted", ONE_EACH)
        with Load(cluster.bootstrap, "deleted", 3) as load:
            load.wait_progress(10)
        away = next(broker for broker in cluster.brokers if broker.id != cluster.controller())
        away.kill()
        wait_gone(cluster, away)
        delete_topic(cluster.bootstrap, "deleted")
        present = [broker for broker in cluster.brokers if broker is not away]

        def holds(broker):
            return [name for name in os.listdir(broker.data) if re.fullmatch(r"deleted-\d+", name)]
        wait_until(lambda: not any(holds(broker) for broker in present), "deletion where brokers are alive")
        self.assertTrue(cluster.zk().exists("/admin/delete_topics/deleted"))
        self.assertTrue(holds(away))
        away.start()
        wait_until(lambda: not cluster.zk().exists("/brokers/topics/deleted"), "end of the topic's znode")
        wait_until(lambda: not cluster.zk().exists("/admin/delete_topics/deleted"), "end of the deletion's znode")
        self.assertFalse(holds(away))
        create_topic(cluster.bootstrap, "deleted", ONE_EACH)
        with Load(cluster.bootstrap, "deleted", 3) as again:
            again.wait_progress(10)
        again.check()

    def test_a_controlled_shutdown_moves_leaders_away_first(self):
        cluster = self.cluster
        create_topic(cluster.bootstrap, "moved", [[1, 2, 3], [2, 3, 1], [3, 1, 2]])
        for broker in cluster.brokers:
            self.wait_agreement(["moved"], [1, 2, 3])
            index = broker.id - 1
            path = f"/brokers/topics/moved/partitions/{index}/state"
            epoch = json.loads(cluster.zk().get(path)[0])["leader_epoch"]
            self.assertEqual(0, broker.stop())
            self.assertTrue(os.path.exists(f"{broker.data}/.kafka_cleanshutdown"))
            self.assertFalse(cluster.zk().exists(f"/brokers/ids/{broker.id}"), "its session is not closed")
            state = json.loads(cluster.zk().get(path)[0])
            self.assertNotIn(state["leader"], (-1, broker.id))
            self.assertNotIn(broker.id, state["isr"])
            self.assertGreater(state["leader_epoch"], epoch)
            want = [1, 2, 3]
            want[index] = state["leader"]
            self.wait_agreement(["moved"], want)
            broker.start()
            cluster.wait_registered(3)
            delete_topic(cluster.bootstrap, "moved", 30)
            wait_until(lambda: not cluster.zk().exists("/brokers/topics/moved"), "deletion")
            create_topic(cluster.bootstrap, "moved", [[1, 2, 3], [2, 3, 1], [3, 1, 2]])

    def test_topics_written_as_znodes_get_leaders_and_serve(self):
        zk = self.cluster.zk()
        partitions = {"0": [1], "1": [2], "2": [3]}
        payloads = {
            "by-hand-1": {"version": 1, "partitions": partitions},
            "by-hand-2": {"version": 2, "partitions": partitions, "adding_replicas": {}, "removing_replicas": {}},
            "by-hand-3": {"version": 3, "topic_id": "3RgDo6cSTYKz3LB1tKBPVw", "partitions": partitions,
                          "adding_replicas": {}, "removing_replicas": {}}}
        for name, payload in payloads.items():
            zk.create(f"/config/topics/{name}", b'{"version":1,"config":{"segment.bytes":"20000"}}')
            zk.create(f"/brokers/topics/{name}", json.dumps(payload).encode())
        for name in payloads:
            self.wait_agreement([name], [1, 2, 3])
            with Load(self.cluster.bootstrap, name, 3) as load:
                load.wait_progress(1000)
            load.check()
        for broker in self.cluster.brokers:
            segments = [name for name in os.listdir(f"{broker.data}/by-hand-3-{broker.id - 1}") if name.endswith(".log")]
            self.assertGreater(len(segments), 1, "segment.bytes of /config/topics is not applied")

    def test_partitions_added_as_znode_get_leaders(self):
        zk = self.cluster.zk()
        create_topic(self.cluster.bootstrap, "grown", [[1]])
        node = json.loads(zk.get("/brokers/topics/grown")[0])
        node["partitions"].update({"1": [2], "2": [3]})
        zk.set("/brokers/topics/grown", json.dumps(node).encode())
        self.wait_agreement(["grown"], [1, 2, 3])
        with Load(self.cluster.bootstrap, "grown", 3) as load:
            load.wait_progress(50)
        load.check()


class LoadTest(unittest.TestCase):
    """The check itself notices what it is there for."""

    def check(self, promised, values, exactly_once=False):
        load = types.SimpleNamespace(topic="t", acknowledged={0: promised})
        Load.check_partition(load, 0, list(enumerate(values)), exactly_once)

    def test_it_sees_loss_disorder_duplicates_and_wrong_offsets(self):
        self.check([(0, 0), (1, 1)], ["0", "1", "2"], True)
        self.check([(0, 0), (2, 1)], ["0", "0", "1"])
        for promised, values, exactly_once in [([(0, 0), (1, 1)], ["0"], False), ([], ["1", "0"], False),
                                               ([(0, 0)], ["0", "0"], True), ([(1, 0)], ["0", "1"], False)]:
            with self.assertRaises(AssertionError):
                self.check(promised, values, exactly_once)


if __name__ == "__main__":
    unittest.main(verbosity=2)
