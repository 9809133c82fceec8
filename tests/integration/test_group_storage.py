"""Groups and offsets where offsets.storage keeps them: through kills of the coordinator, without ZooKeeper, until they expire or are deleted."""
import threading
import unittest

from kafka.protocol.admin import DeleteGroupsRequest, ListGroupsRequest
from kafka.protocol.commit import GroupCoordinatorRequest, OffsetCommitRequest, OffsetFetchRequest
from kafka.protocol.group import HeartbeatRequest, JoinGroupRequest, SyncGroupRequest

from cluster import DEADLINE_S, Cluster, wait_until
from load import create_topic, delete_topic
from shared_cluster import SharedClusterTest, wait_gone
from wire import Connection

TRY_AGAIN = {14, 15, 16, 3}  # COORDINATOR_LOAD_IN_PROGRESS and _NOT_AVAILABLE, NOT_COORDINATOR, and the topic is not known yet
NONE, NON_EMPTY_GROUP, GROUP_ID_NOT_FOUND = 0, 68, 69


class OneBroker:
    """What the tests ask of a broker, itself the coordinator of everything."""

    def ask(self, request):
        with Connection(self.cluster.brokers[0].port) as connection:
            return connection.ask(request)

    def wait_coordinator(self):
        """The question makes the topic that coordinators are of."""
        wait_until(lambda: self.ask(GroupCoordinatorRequest[0]("any")).error_code == NONE, "coordinator")

    def commit(self, group, topic, offset, partition=0, member="", generation=-1, retention_ms=-1):
        request = OffsetCommitRequest[2](group, generation, member, retention_ms, [(topic, [(partition, offset, f"at {offset}")])])
        return self.ask(request).topics[0][1][0][1]

    def wait_commit(self, *what, **how):
        def committed():
            error = self.commit(*what, **how)
            self.assertIn(error, TRY_AGAIN | {NONE})
            return error == NONE
        wait_until(committed, f"commit of {what}")

    def fetch(self, group, topic, partition=0):
        """(offset, metadata) once the coordinator says it."""
        def fetched():
            _, offset, metadata, error = self.ask(OffsetFetchRequest[1](group, [(topic, [partition])])).topics[0][1][0]
            self.assertIn(error, TRY_AGAIN | {NONE})
            return error == NONE and (offset, metadata)
        return wait_until(fetched, f"offset of {group}")

    def join(self, group):
        """(member id, generation) of the only member, which holds b"everything"."""
        def joined():
            answer = self.ask(JoinGroupRequest[2](group, 60000, 60000, "", "consumer", [("range", b"\0\0\0\0\0\0\0\0\0\0")]))
            self.assertIn(answer.error_code, TRY_AGAIN | {NONE})
            return answer.error_code == NONE and answer
        answer = wait_until(joined, f"place in {group}")
        member, generation = answer.member_id, answer.generation_id
        synced = self.ask(SyncGroupRequest[1](group, generation, member, [(member, b"everything")]))
        self.assertEqual((NONE, b"everything"), (synced.error_code, synced.member_assignment))
        return member, generation

    def groups(self):
        return {group for group, _ in self.ask(ListGroupsRequest[1]()).groups}

    def delete_group(self, group):
        return self.ask(DeleteGroupsRequest[0]([group])).results[0][1]

    def restart(self):
        broker = self.cluster.brokers[0]
        broker.kill()
        wait_gone(self.cluster, broker)
        broker.start()


class KilledCoordinatorTest(unittest.TestCase, OneBroker):
    def survive(self, storage):
        with Cluster(1, offsets_storage=storage) as self.cluster:
            create_topic(self.cluster.bootstrap, "t", [[1]])
            self.wait_coordinator()
            member, generation = self.join("with-member")
            acknowledged = {}

            def commit_until_killed(group):
                acknowledged[group] = 0
                offset = 0
                try:
                    while True:
                        offset += 1
                        self.wait_commit(group, "t", offset)
                        acknowledged[group] = offset
                except OSError:
                    pass
            groups = [f"group-{i}" for i in range(4)]
            threads = [threading.Thread(target=commit_until_killed, args=(group,)) for group in groups]
            for thread in threads:
                thread.start()
            wait_until(lambda: len(acknowledged) == 4 and all(count > 100 for count in acknowledged.values()), "commits")
            self.cluster.brokers[0].kill()
            for thread in threads:
                thread.join()
            wait_gone(self.cluster, self.cluster.brokers[0])
            self.cluster.brokers[0].start()
            for group in groups:
                offset, metadata = self.fetch(group, "t")
                # The last may have been done but not heard of.
                self.assertIn(offset, (acknowledged[group], acknowledged[group] + 1), group)
                self.assertEqual(f"at {offset}", metadata)
            # The member goes on, in its generation and with its assignment.
            self.assertEqual(NONE, wait_until(lambda: [e for e in [self.ask(HeartbeatRequest[1]("with-member", generation, member))
                                                                   .error_code] if e not in TRY_AGAIN], "heartbeat")[0])
            synced = self.ask(SyncGroupRequest[1]("with-member", generation, member, []))
            self.assertEqual((NONE, b"everything"), (synced.error_code, synced.member_assignment))
            self.assertEqual(NONE, self.commit("with-member", "t", 7, member=member, generation=generation))

    def test_in_both_places(self):
        self.survive("both")

    def test_in_the_log_alone(self):
        self.survive("kafka")

    def test_in_zookeeper_alone(self):
        self.survive("zookeeper")


class BothPlacesTest(SharedClusterTest, OneBroker):
    brokers = 1
    settings = {"offsets.retention.check.interval.ms": 200}

    def setUp(self):
        super().setUp()
        self.name = self._testMethodName.removeprefix("test_").replace("_", "-")
        create_topic(self.cluster.bootstrap, self.name, [[1], [1]])
        self.wait_coordinator()

    def node(self, partition=0):
        return self.cluster.data(f"/consumers/{self.name}/offsets/{self.name}/{partition}")

    def test_zookeeper_has_what_was_committed_without_it_once_it_is_back(self):
        name = self.name
        self.wait_commit(name, name, 1)
        self.assertEqual(b"1", self.node())
        self.cluster.zookeeper.kill()
        for offset in (2, 3, 4):
            self.assertEqual(NONE, self.commit(name, name, offset))
        self.assertEqual(NONE, self.commit(name, name, 5, partition=1))
        self.assertEqual((4, "at 4"), self.fetch(name, name))
        member, generation = self.join(f"{name}-with-member")
        self.assertEqual(NONE, self.ask(HeartbeatRequest[1](f"{name}-with-member", generation, member)).error_code)
        self.assertEqual(15, self.delete_group(name))
        self.cluster.zookeeper.start()
        wait_until(lambda: (self.node(), self.node(1)) == (b"4", b"5"), "offsets in ZooKeeper")

    def test_what_zookeeper_missed_before_a_kill_reaches_it_after_the_restart(self):
        name = self.name
        self.wait_commit(name, name, 1)
        self.cluster.zookeeper.kill()
        self.assertEqual(NONE, self.commit(name, name, 2))
        self.cluster.brokers[0].kill()
        self.cluster.zookeeper.start()
        wait_gone(self.cluster, self.cluster.brokers[0])
        self.cluster.brokers[0].start()
        self.assertEqual((2, "at 2"), self.fetch(name, name))
        wait_until(lambda: self.node() == b"2", "the offset in ZooKeeper")

    def test_an_offset_written_into_zookeeper_counts_and_stays(self):
        name = self.name
        self.wait_commit(name, name, 50)
        self.cluster.zk().set(f"/consumers/{name}/offsets/{name}/0", b"7")
        self.assertEqual((7, ""), self.fetch(name, name))
        wait_until(lambda: b'"in_log":true' in self.cluster.data(f"/consumers/{name}/offset_details/{name}/0"), "the copy of 7")
        self.restart()
        self.assertEqual((7, ""), self.fetch(name, name))

    def test_groups_are_deleted_with_all_they_have(self):
        name = self.name
        self.assertEqual(GROUP_ID_NOT_FOUND, self.delete_group(f"{name}-nobody"))
        self.wait_commit(name, name, 1)
        self.join(f"{name}-with-member")
        self.assertEqual(NON_EMPTY_GROUP, self.delete_group(f"{name}-with-member"))
        self.assertEqual(NONE, self.delete_group(name))
        self.assertNotIn(name, self.groups())
        self.assertEqual((-1, ""), self.fetch(name, name))
        self.assertIsNone(self.cluster.zk().exists(f"/consumers/{name}"))
        self.restart()
        self.assertEqual((-1, ""), self.fetch(name, name))
        self.assertNotIn(name, self.groups())

    def test_offsets_that_say_how_long_they_count_expire(self):
        name = self.name
        self.wait_commit(name, name, 1, retention_ms=1)
        self.assertEqual(NONE, self.commit(name, name, 2, partition=1))
        wait_until(lambda: self.fetch(name, name) == (-1, ""), "expiry")
        self.assertEqual((2, "at 2"), self.fetch(name, name, 1))
        wait_until(lambda: self.node() is None, "removal from ZooKeeper")
        self.restart()
        self.assertEqual([(-1, ""), (2, "at 2")], [self.fetch(name, name, i) for i in (0, 1)])

    def test_offsets_go_with_their_topic(self):
        name = self.name
        self.wait_commit(name, name, 1)
        create_topic(self.cluster.bootstrap, f"{name}-kept", [[1]])
        self.wait_commit(name, f"{name}-kept", 9)
        delete_topic(self.cluster.bootstrap, name, DEADLINE_S)
        wait_until(lambda: self.fetch(name, name) == (-1, ""), "removal with the topic")
        self.assertEqual((9, "at 9"), self.fetch(name, f"{name}-kept"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
