"""Consumer groups: members come, go and die, coordinators die, and committed offsets stand in ZooKeeper for everybody to read."""
import json
import os
import signal
import subprocess
import sys
import threading
import unittest

from kafka import KafkaConsumer
from kafka import TopicPartition as PythonTopicPartition
from kafka.protocol.commit import GroupCoordinatorRequest, OffsetCommitRequest, OffsetFetchRequest
from kafka.protocol.group import HeartbeatRequest, JoinGroupRequest, LeaveGroupRequest, SyncGroupRequest
from kafka.structs import OffsetAndMetadata

from cluster import DEADLINE_S, wait_until
from load import Load, create_topic, read_all
from shared_cluster import SharedClusterTest, wait_agreement, wait_gone
from wire import Connection

LIBRARIES = ("confluent", "kafka-python")
ONE_EACH = [[1], [2], [3]]
MEMBER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "group_member.py")


class Member:
    """A group_member.py process and what it told so far."""

    def __init__(self, bootstrap, group, topics, library="confluent", session_timeout_ms=3000, **want):
        self.events = []
        self.partitions = set()
        self.records = {}  # partition to [(offset, value)]
        self.committed = {}
        want.update(bootstrap=bootstrap, group=group, topics=topics, session_timeout_ms=session_timeout_ms)
        self.process = subprocess.Popen([sys.executable, MEMBER, library, json.dumps(want)], stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def read(self):
        for line in self.process.stdout:
            event = json.loads(line)
            kind = event["event"]
            partitions = {tuple(partition) for partition in event.get("partitions", [])}
            if kind == "assigned":
                self.partitions = partitions
            elif kind == "revoked":
                self.partitions = set()
            elif kind == "added":
                self.partitions = self.partitions | partitions
            elif kind == "removed":
                self.partitions = self.partitions - partitions
            elif kind == "record":
                self.records.setdefault(event["partition"], []).append((event["offset"], event["value"]))
            elif kind == "committed":
                self.committed[event["partition"]] = event["offset"]
            self.events.append(event)

    def count(self, kind):
        return sum(event["event"] == kind for event in self.events)

    def record_count(self):
        return sum(len(records) for records in self.records.values())

    def leave(self):
        self.process.terminate()
        self.process.wait(DEADLINE_S)
        self.reader.join(DEADLINE_S)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.reader.join(DEADLINE_S)
        self.process.stdout.close()


class GroupsCase(SharedClusterTest):
    settings = {"group.min.session.timeout.ms": 1000, "offsets.topic.replication.factor": 3}

    def topic(self, name, records=0):
        create_topic(self.cluster.bootstrap, name, ONE_EACH)
        if records:
            with Load(self.cluster.bootstrap, name, 3) as load:
                load.wait_progress(records)
        return name

    def member(self, group, topics, **want):
        return Member(self.cluster.bootstrap, group, topics, **want)

    def shared(self, topic, members):
        """The members hold all three partitions of the topic, each partition once, none of them empty-handed."""
        held = [partition for member in members for partition in member.partitions]
        return (sorted(held) == [(topic, 0), (topic, 1), (topic, 2)]
                and all(member.partitions for member in members))

    def wait_shared(self, topic, members):
        wait_until(lambda: self.shared(topic, members),
                   f"partitions of {topic} shared by {len(members)} members")

    def offset_node(self, group, topic, partition):
        return self.cluster.data(f"/consumers/{group}/offsets/{topic}/{partition}")

    def coordinator(self, group):
        """(broker id) as any broker tells; None while there is none."""
        for broker in self.cluster.brokers:
            if broker.process is None:
                continue
            with Connection(broker.port) as connection:
                answer = connection.ask(GroupCoordinatorRequest[0](group))
            return answer.coordinator_id if answer.error_code == 0 else None

    def wait_coordinator(self, group, other_than=None):
        return wait_until(lambda: (found := self.coordinator(group)) not in (None, other_than) and found,
                          f"coordinator of {group} other than {other_than}")


class GroupsTest(GroupsCase):
    def test_members_join_leave_and_crash(self):
        for library in LIBRARIES:
            with self.subTest(library):
                topic = self.topic(f"members-{library}")
                with self.member(library, [topic], library=library) as first:
                    self.wait_shared(topic, [first])
                    # The first holds no record and calls nothing but poll: only its heartbeats tell it.
                    with self.member(library, [topic], library=library) as second:
                        self.wait_shared(topic, [first, second])
                        second.leave()
                    self.wait_shared(topic, [first])
                    with self.member(library, [topic], library=library) as third:
                        self.wait_shared(topic, [first, third])
                        third.kill()
                    self.wait_shared(topic, [first])
                # The coordinator of then: leaders may have moved since.
                logs = "".join(broker.log() for broker in self.cluster.brokers)
                self.assertRegex(logs, rf"\[group {library}\] member .*no heartbeat within its session timeout")

    def test_both_libraries_share_one_group(self):
        topic = self.topic("mixed")
        with self.member("mixed", [topic], library="kafka-python") as first:
            self.wait_shared(topic, [first])
            with self.member("mixed", [topic], library="confluent", strategy="range") as second:
                self.wait_shared(topic, [first, second])

    def test_cooperative_members_keep_what_stays_theirs(self):
        topic = self.topic("cooperative")
        with self.member("cooperative", [topic], strategy="cooperative-sticky") as first:
            self.wait_shared(topic, [first])
            with self.member("cooperative", [topic], strategy="cooperative-sticky") as second:
                self.wait_shared(topic, [first, second])
                removed = [event["partitions"] for event in first.events if event["event"] == "removed"]
                self.assertEqual(1, sum(len(partitions) for partitions in removed), removed)

    def test_a_static_member_comes_back_without_a_rebalance(self):
        topic = self.topic("static")
        with self.member("static", [topic], instance="a", session_timeout_ms=20000) as a:
            with self.member("static", [topic], instance="b", session_timeout_ms=20000) as b:
                self.wait_shared(topic, [a, b])
                held, assignments = set(b.partitions), a.count("assigned")
                generation = self.generation("static")
                for end in (b.leave, b.kill):
                    end()
                    b = self.member("static", [topic], instance="b", session_timeout_ms=20000)
                    self.addCleanup(b.kill)
                    wait_until(lambda: b.partitions == held, "the same partitions for the returned static member")
                self.assertEqual(assignments, a.count("assigned"))
                self.assertEqual(0, a.count("revoked") - (assignments - 1))
                self.assertEqual(generation, self.generation("static"))
                # A twin takes the place; the one before is fenced and told so.
                with self.member("static", [topic], instance="b", session_timeout_ms=20000) as twin:
                    wait_until(lambda: twin.partitions == held, "partitions of the twin")
                    wait_until(lambda: any(event.get("code") == "_FATAL" for event in b.events), "end of the fenced one")

    def generation(self, group):
        found = [line for line in self.cluster.broker(self.wait_coordinator(group)).log().splitlines()
                 if f"[group {group}] generation" in line and "have the assignment" in line]
        return found[-1].split("generation ")[1].split(":")[0]

    def test_two_groups_read_everything_each(self):
        topic = self.topic("twice", 300)
        with self.member("one", [topic], commit="each") as one, self.member("two", [topic], library="kafka-python") as two:
            wait_until(lambda: one.record_count() >= 900 and two.record_count() >= 900, "every record for both")
            for member in (one, two):
                for partition, records in member.records.items():
                    self.assertEqual([str(i) for i in range(len(records))], [value for _, value in records])

    def test_heartbeats_tell_of_a_rebalance_and_stale_members_are_refused(self):
        group, topic = "raw", self.topic("raw")
        coordinator = self.cluster.broker(self.wait_coordinator(group))
        connection, other = Connection(coordinator.port), Connection(coordinator.port)
        with connection, other:
            def join(on, member_id="", protocol_type="consumer"):
                return JoinGroupRequest[2](group, 10000, 10000, member_id, protocol_type, [("range", b"meta")])
            # kafka-python's JoinGroup v2 needs no known member id first.
            first = connection.ask(join(connection))
            self.assertEqual((0, first.member_id), (first.error_code, first.leader_id))
            me, generation = first.member_id, first.generation_id
            synced = connection.ask(SyncGroupRequest[1](group, generation, me, [(me, b"mine")]))
            self.assertEqual((0, b"mine"), (synced.error_code, synced.member_assignment))
            self.assertEqual(0, connection.ask(HeartbeatRequest[1](group, generation, me)).error_code)
            self.assertEqual(22, connection.ask(HeartbeatRequest[1](group, generation + 1, me)).error_code)
            self.assertEqual(25, connection.ask(HeartbeatRequest[1](group, generation, "nobody")).error_code)
            self.assertEqual(23, other.ask(join(other, protocol_type="connect")).error_code)
            # The second member's request waits until the first has joined again.
            other.protocol.send_request(join(other))
            other.socket.sendall(other.protocol.send_bytes())
            wait_until(lambda: connection.ask(HeartbeatRequest[1](group, generation, me)).error_code == 27,
                       "REBALANCE_IN_PROGRESS for a heartbeat")
            again = connection.ask(join(connection, me))
            self.assertEqual((0, generation + 1, 2), (again.error_code, again.generation_id, len(again.members)))
            answer = []
            while not answer:
                answer = other.protocol.receive_bytes(other.socket.recv(65536))
            second = answer[0][1]
            self.assertEqual((0, generation + 1, me), (second.error_code, second.generation_id, second.leader_id))
            stale = connection.ask(OffsetCommitRequest[2](group, generation, me, -1, [(topic, [(0, 1, "")])]))
            self.assertIn(stale.topics[0][1][0][1], (22, 27))
            self.assertEqual(0, other.ask(LeaveGroupRequest[1](group, second.member_id)).error_code)
            self.assertEqual(27, connection.ask(HeartbeatRequest[1](group, again.generation_id, me)).error_code)

    def test_commits_are_decimal_text_in_zookeeper(self):
        topic = self.topic("decimal", 50)
        for library in LIBRARIES:
            with self.member(f"decimal-{library}", [topic], library=library, commit="each") as member:
                wait_until(lambda: all(member.committed.get(partition, 0) >= 50 for partition in range(3)), "commits")
                member.leave()
                for partition, offset in member.committed.items():
                    self.assertEqual(str(offset).encode(), self.offset_node(f"decimal-{library}", topic, partition))

    def test_metadata_of_a_commit_comes_back(self):
        topic = self.topic("metadata", 5)
        consumer = KafkaConsumer(bootstrap_servers=self.cluster.bootstrap.split(","), group_id="metadata",
                                 enable_auto_commit=False)
        partition = PythonTopicPartition(topic, 1)
        consumer.assign([partition])
        consumer.commit({partition: OffsetAndMetadata(3, "made by hand: \u00fc")})
        consumer.close(autocommit=False)
        with Connection(self.cluster.broker(self.wait_coordinator("metadata")).port) as connection:
            answer = connection.ask(OffsetFetchRequest[3]("metadata", [(topic, [1, 2])]))
        self.assertEqual([(1, 3, "made by hand: \u00fc", 0), (2, -1, "", 0)], sorted(answer.topics[0][1]))

    def test_an_offset_written_into_zookeeper_is_honoured(self):
        topic = self.topic("by-hand", 50)
        zk = self.cluster.zk()
        for partition in range(3):
            zk.create(f"/consumers/hand/offsets/{topic}/{partition}", str(10 + partition).encode(), makepath=True)
        with self.member("hand", [topic], commit="each") as member:
            wait_until(lambda: len(member.records) == 3, "records of every partition")
            self.assertEqual({i: 10 + i for i in range(3)}, {i: records[0][0] for i, records in member.records.items()})
            wait_until(lambda: all(member.committed.get(i, 0) >= 50 for i in range(3)), "commits")
            member.leave()
        # Also after commits of our own, whose details stand beside the decimal.
        zk.set(f"/consumers/hand/offsets/{topic}/1", b"7")
        with Connection(self.cluster.broker(self.wait_coordinator("hand")).port) as connection:
            answer = connection.ask(OffsetFetchRequest[3]("hand", [(topic, [1])]))
        self.assertEqual((7, 0), (answer.topics[0][1][0][1], answer.topics[0][1][0][3]))
        # What is no number is not guessed at, and harms nobody else: the last that was one counts.
        zk.set(f"/consumers/hand/offsets/{topic}/1", b"seven")
        with Connection(self.cluster.broker(self.wait_coordinator("hand")).port) as connection:
            answer = connection.ask(OffsetFetchRequest[3]("hand", [(topic, [0, 1])]))
        offsets = {partition: offset for partition, offset, *_ in answer.topics[0][1]}
        self.assertEqual(7, offsets[1])
        self.assertGreaterEqual(offsets[0], 50)

    def check_resumes(self, earlier, later, partitions=range(3)):
        """The later consumer began, in every partition, with the record after the last commit of the earlier one."""
        for partition in partitions:
            last = earlier.committed[partition]
            begun = later.records[partition][0][0]
            # The last commit may have been done but not heard of.
            self.assertIn(begun, (last, last + 1), f"partition {partition}: committed {last}, resumed at {begun}")
            node = self.offset_node("survivors", "survivors", partition)
            self.assertGreaterEqual(int(node), begun)

    def test_commits_survive_the_death_of_every_broker(self):
        topic = self.topic("survivors", 300)
        cluster = self.cluster
        with self.member("survivors", [topic], commit="each") as member:
            wait_until(lambda: all(member.committed.get(i, 0) > 50 for i in range(3)), "commits of every partition")
            for broker in cluster.brokers:
                broker.kill()
            member.kill()
        for broker in cluster.brokers:
            wait_gone(cluster, broker)
        for broker in cluster.brokers:
            broker.launch()
        for broker in cluster.brokers:
            broker.wait_started()
        with self.member("survivors", [topic], commit="each") as later:
            # Each record is committed before the next is looked at: a load from the start would put a long row of
            # one partition's before the first of another's.
            wait_until(lambda: len(later.partitions) == 3, "all partitions")
            with Load(cluster.bootstrap, topic, 3):
                wait_until(lambda: len(later.records) == 3, "records of every partition")
            self.check_resumes(member, later)

    def test_members_go_on_when_every_broker_was_away(self):
        topic = self.topic("waiting")
        cluster = self.cluster
        with self.member("waiting", [topic]) as first, self.member("waiting", [topic]) as second:
            self.wait_shared(topic, [first, second])
            for broker in cluster.brokers:
                self.assertEqual(0, broker.stop())
            for broker in cluster.brokers:
                broker.launch()
            for broker in cluster.brokers:
                broker.wait_started()
            with Load(cluster.bootstrap, topic, 3) as load:
                load.wait_progress(50)
            wait_until(lambda: first.record_count() + second.record_count() >= 150, "records after the restart")
            self.wait_shared(topic, [first, second])

    def test_another_broker_coordinates_when_the_coordinator_is_killed(self):
        topic = self.topic("moving", 100)
        cluster = self.cluster
        with self.member("moving", [topic], commit="each") as first, self.member("moving", [topic], commit="each") as second:
            self.wait_shared(topic, [first, second])
            wait_until(lambda: first.record_count() + second.record_count() >= 300, "every record")
            coordinator = cluster.broker(self.wait_coordinator("moving"))
            coordinator.kill()
            self.wait_coordinator("moving", other_than=coordinator.id)
            left = [broker.id - 1 for broker in cluster.brokers if broker is not coordinator]
            with Load(cluster.bootstrap, topic, 3) as load:
                load.wait_progress(100, partitions=left)
                before = {i: load.count(i) for i in left}
                committed = lambda i: max(member.committed.get(i, 0) for member in (first, second))
                wait_until(lambda: all(committed(i) >= 100 + before[i] for i in left), "commits at the new coordinator")
                wait_gone(cluster, coordinator)
                coordinator.start()
                load.wait_progress(50)
            self.wait_shared(topic, [first, second])
            for i in left:
                wait_until(lambda: int(self.offset_node("moving", topic, i)) >= committed(i), "commits in ZooKeeper")


class ZooKeeperAloneTest(GroupsCase):
    """offsets.storage=zookeeper: there is no second place, so that commits wait for ZooKeeper."""
    settings = {**GroupsCase.settings, "offsets.storage": "zookeeper"}

    def test_commits_wait_for_zookeeper_and_are_not_lost(self):
        topic = self.topic("away", 20)
        group = "away"
        self.wait_coordinator(group)
        with self.member(group, [topic], commit="each", session_timeout_ms=20000) as member:
            wait_until(lambda: all(member.committed.get(i, 0) >= 20 for i in range(3)), "commits")
            self.cluster.zookeeper.kill()
            with Load(self.cluster.bootstrap, topic, 3) as load:
                load.wait_progress(20)
            wait_until(lambda: member.record_count() > 60, "a record read while ZooKeeper is away")
            self.cluster.zookeeper.start()
            ends = {i: len(records) for i, records in read_all(self.cluster.bootstrap, topic, 3).items()}
            wait_until(lambda: member.committed == ends, "commits of all records")
            member.leave()
        for i, offset in ends.items():
            self.assertEqual(str(offset).encode(), self.offset_node(group, topic, i))

    def test_a_commit_without_zookeeper_is_refused_in_time_and_not_done_later(self):
        topic, group = self.topic("late"), "late"
        port = self.cluster.broker(self.wait_coordinator(group)).port

        def commit(partition, offset):
            connection = Connection(port)
            self.addCleanup(connection.socket.close)
            request = OffsetCommitRequest[2](group, -1, "", -1, [(topic, [(partition, offset, "")])])
            connection.protocol.send_request(request)
            connection.socket.sendall(connection.protocol.send_bytes())
            return connection

        def error(connection):
            return connection.protocol.receive_bytes(connection.socket.recv(65536))[0][1].topics[0][1][0][1]
        wait_until(lambda: error(commit(0, 1)) == 0, "a commit")
        self.cluster.zookeeper.kill()
        # COORDINATOR_NOT_AVAILABLE, so try again. The first is on its way to ZooKeeper, the second behind it.
        self.assertEqual(15, error(commit(0, 2)))
        self.assertEqual(15, error(commit(1, 2)))
        self.cluster.zookeeper.start()
        wait_until(lambda: error(commit(2, 5)) == 0, "a commit")
        self.assertEqual([None, b"5"], [self.offset_node(group, topic, i) for i in (1, 2)])


if __name__ == "__main__":
    unittest.main(verbosity=2)
