"""Version 0 of the offset requests, which knew of segments and of ZooKeeper: the JVM's broker and ours answer the same."""
import itertools
import unittest

from confluent_kafka.admin import AdminClient, NewTopic
from kafka.protocol.commit import OffsetCommitRequest, OffsetFetchRequest
from kafka.protocol.offset import OffsetRequest

import peers
import wire
from cluster import DEADLINE_S, Cluster, wait_until

LATEST, EARLIEST = -1, -2
FUTURE_MS = 10**13
TOPIC = "segments"


def in_order(topics):
    """The JVM answers in the order of its hashes."""
    return sorted((topic, sorted(partitions)) for topic, partitions in topics)


class OldOffsetsTest(unittest.TestCase):
    def prepare(self, cluster):
        admin = AdminClient({"bootstrap.servers": cluster.bootstrap})
        topics = [NewTopic(TOPIC, 1, 1, config={"segment.bytes": "300"}), NewTopic("empty", 1, 1)]
        for future in admin.create_topics(topics).values():
            future.result(DEADLINE_S)
        port = cluster.brokers[0].port
        wait_until(lambda: all(wire.metadata(port)[2].get(topic.topic, {}).get(0) == (0, 1) for topic in topics), "leaders")
        connection = wire.Connection(port)
        for _ in range(7):
            self.assertEqual(0, wire.produce(connection, TOPIC, 0, wire.batch([b"x" * 100]))[0])
        return connection

    def list_offsets(self, connection):
        answers = {}
        for topic in [TOPIC, "empty", "nowhere"]:
            for replica in [-1, -2]:
                for time_ms in [LATEST, EARLIEST, 0, 1, FUTURE_MS]:
                    for most in [0, 1, 2, 100]:
                        request = OffsetRequest[0](replica, [(topic, [(0, time_ms, most)])])
                        answers[topic, replica, time_ms, most] = connection.ask(request).topics
        return answers

    def special_times(self, connection):
        """Negative times, each of which has a meaning from some version on."""
        answers = {}
        for topic, time_ms in itertools.product([TOPIC, "empty", "nowhere"], range(-7, 0)):
            for version in range(6):
                asked = [(topic, [(0, time_ms, 2)])] if version == 0 else [(topic, [(0, time_ms)])]
                if version >= 4:
                    asked = [(topic, [(0, -1, time_ms)])]
                scope = (0,) if version >= 2 else ()
                answers[topic, time_ms, version] = connection.ask(OffsetRequest[version](-1, *scope, asked)).topics
        return answers

    def offsets(self, cluster, connection):
        """Answers to commits and fetches of version 0, and what stands in ZooKeeper then."""
        commit = OffsetCommitRequest[0]("old", [(TOPIC, [(0, 5, "note"), (9, 3, "")]), ("empty", [(0, 0, "")]), ("nowhere", [(0, 1, "")])])
        answers = [in_order(connection.ask(commit).topics)]
        nodes = {path: cluster.data(f"/consumers/old/offsets/{path}") for path in [f"{TOPIC}/0", f"{TOPIC}/9", "empty/0", "nowhere/0"]}
        for group in ["old", "never"]:
            fetch = OffsetFetchRequest[0](group, [(TOPIC, [0, 9]), ("empty", [0]), ("nowhere", [0])])
            answers.append(in_order(connection.ask(fetch).topics))
        return answers, nodes

    def everything(self, cluster):
        with self.prepare(cluster) as connection:
            return self.list_offsets(connection), self.offsets(cluster, connection), self.special_times(connection)

    def test_answers_are_the_jvms(self):
        with Cluster(1) as cluster:
            ours = self.everything(cluster)
        for release in peers.RELEASES:
            with self.subTest(release), peers.ChangingCluster(1, release=release) as cluster:
                theirs = self.everything(cluster)
                self.assertEqual([7], theirs[0][TOPIC, -1, LATEST, 1][0][1][0][2])
                self.assertEqual(8, len(theirs[0][TOPIC, -1, LATEST, 100][0][1][0][2]))
                self.maxDiff = None
                self.assertEqual(theirs[0], ours[0])
                self.assertEqual(theirs[1], ours[1])
                if release == "3.9":  # 2.8 looks for negative times among those of the records
                    self.assertEqual(theirs[2], ours[2])


if __name__ == "__main__":
    unittest.main(verbosity=2)
