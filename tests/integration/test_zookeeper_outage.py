"""ZooKeeper is killed, stopped, and forgets sessions, while producers and consumers go on."""
import os
import signal
import threading
import time
import unittest

from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition
from kafka.protocol.admin import CreateTopicsRequest, DeleteTopicsRequest, DescribeConfigsRequest
from kafka.protocol.commit import GroupCoordinatorRequest, OffsetFetchRequest
from kafka.protocol.metadata import MetadataRequest

from cluster import wait_until
from load import Load, create_topic
from shared_cluster import SharedClusterTest, wait_agreement
from wire import Connection, fetch, metadata

SESSION_TIMEOUT_S = 4
OUTAGE_S = 60
TWO_EACH = [[1], [2]]


class Follower:
    """Reads a topic as it grows."""

    def __init__(self, bootstrap, topic, partitions):
        self.consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "follower", "log_level": 0,
                                  "enable.auto.commit": False})
        self.consumer.assign([TopicPartition(topic, i, OFFSET_BEGINNING) for i in range(partitions)])
        self.count = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.consumer.close()

    def wait_progress(self, records):
        goal = self.count + records

        def reached():
            for message in self.consumer.consume(1000, 0.1):
                if message.error() is not None:
                    raise AssertionError(f"fetch failed: {message.error()}")
                self.count += 1
            return self.count >= goal
        wait_until(reached, f"{records} more records read")


class ZooKeeperOutageTest(SharedClusterTest):
    brokers = 2
    settings = {"zookeeper.session.timeout.ms": SESSION_TIMEOUT_S * 1000}

    def epochs(self):
        return [self.cluster.zk().exists(f"/brokers/ids/{broker.id}").czxid for broker in self.cluster.brokers]

    def go_on_for(self, seconds, load, follower):
        """Produce and fetch make progress, again and again, until so much time has gone by."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            load.wait_progress(100, deadline_s=10)
            follower.wait_progress(100)

    def check_healthy(self, name):
        """Registered, a controller of ZooKeeper's and the brokers' agreement, topics can be made and served."""
        cluster = self.cluster
        cluster.wait_registered(2)
        wait_agreement(cluster)
        create_topic(cluster.bootstrap, name, TWO_EACH)
        wait_agreement(cluster, {name: [1, 2]})
        with Load(cluster.bootstrap, name, 2) as load:
            load.wait_progress(20)
        load.check()

    def outage(self, name, begin, seconds, end):
        epochs = self.epochs()
        create_topic(self.cluster.bootstrap, name, TWO_EACH)
        with Load(self.cluster.bootstrap, name, 2) as load, Follower(self.cluster.bootstrap, name, 2) as follower:
            load.wait_progress(100)
            follower.wait_progress(100)
            begin()
            self.go_on_for(seconds, load, follower)
            end()
            self.go_on_for(1, load, follower)
            self.check_healthy(f"{name}-after")
            self.go_on_for(1, load, follower)
        # Where a session was lost, leaders changed, and a batch may have been sent again.
        load.check(exactly_once=self.epochs() == epochs)

    def test_a_restart_within_the_session_timeout_keeps_the_sessions(self):
        epochs = self.epochs()
        self.outage("short", self.cluster.zookeeper.kill, 1, self.cluster.zookeeper.start)
        self.assertEqual(epochs, self.epochs())

    def test_an_outage_longer_than_the_session_timeout_stops_nobody(self):
        self.outage("long", self.cluster.zookeeper.kill, SESSION_TIMEOUT_S * 2, self.cluster.zookeeper.start)

    def test_two_outages_in_a_row(self):
        zookeeper = self.cluster.zookeeper

        def again():
            zookeeper.start()
            zookeeper.kill()
            zookeeper.start()
        self.outage("twice", zookeeper.kill, 0.5, again)

    def test_a_stopped_zookeeper_stops_nobody(self):
        pid = self.cluster.zookeeper.process.pid
        for name, seconds in (("stopped-short", 1), ("stopped-long", SESSION_TIMEOUT_S * 2)):
            self.outage(name, lambda: os.kill(pid, signal.SIGSTOP), seconds, lambda: os.kill(pid, signal.SIGCONT))

    def test_zookeeper_that_lost_the_sessions_gets_new_registrations(self):
        """The sessions' owners are stopped until ZooKeeper has ended them: new session, new broker epoch."""
        cluster = self.cluster
        create_topic(cluster.bootstrap, "expired", TWO_EACH)
        with Load(cluster.bootstrap, "expired", 2) as load:
            for broker in cluster.brokers:
                load.wait_progress(50)
                epochs = self.epochs()
                was_controller = cluster.controller() == broker.id
                os.kill(broker.process.pid, signal.SIGSTOP)
                wait_until(lambda: not cluster.zk().exists(f"/brokers/ids/{broker.id}"), "end of its session")
                if was_controller:
                    wait_until(lambda: cluster.controller() not in (None, broker.id), "another controller")
                os.kill(broker.process.pid, signal.SIGCONT)
                cluster.wait_registered(2)
                self.assertGreater(self.epochs()[broker.id - 1], epochs[broker.id - 1])
                self.assertEqual(epochs[2 - broker.id], self.epochs()[2 - broker.id])
                load.wait_progress(50)
            self.check_healthy("expired-after")
        load.check()

    def test_all_sessions_lost_at_once(self):
        cluster = self.cluster
        create_topic(cluster.bootstrap, "all-expired", TWO_EACH)
        with Load(cluster.bootstrap, "all-expired", 2) as load:
            load.wait_progress(50)
            epochs = self.epochs()
            for broker in cluster.brokers:
                os.kill(broker.process.pid, signal.SIGSTOP)
            wait_until(lambda: not cluster.zk().get_children("/brokers/ids"), "end of all sessions")
            for broker in cluster.brokers:
                os.kill(broker.process.pid, signal.SIGCONT)
            cluster.wait_registered(2)
            for before, after in zip(epochs, self.epochs()):
                self.assertGreater(after, before)
            load.wait_progress(50)
            self.check_healthy("all-expired-after")
        load.check()

    def test_a_broker_killed_while_zookeeper_is_away_is_noticed_afterwards(self):
        cluster = self.cluster
        first, second = cluster.brokers
        create_topic(cluster.bootstrap, "both-away", TWO_EACH)
        with Load(cluster.bootstrap, "both-away", 2) as load:
            load.wait_progress(50)
            cluster.zookeeper.kill()
            second.kill()
            load.wait_progress(50, partitions=[0])
            cluster.zookeeper.start()
            wait_until(lambda: cluster.zk().get_children("/brokers/ids") == [str(first.id)], "end of the dead one's session")
            wait_until(lambda: cluster.controller() == first.id, "controller")
            wait_until(lambda: metadata(first.port, ["both-away"])[2]["both-away"][1][1] == -1, "no leader")
            second.start()
            load.wait_progress(50)
            self.check_healthy("both-away-after")
        load.check()

    def send_what_needs_zookeeper(self, port, count):
        """Requests of every kind that waits for ZooKeeper, each on its own connection; the connections."""
        connections = []
        for i in range(count):
            for request in (OffsetFetchRequest[0](f"group-{i}", [("unimpeded", [0, 1])]),
                            MetadataRequest[5]([f"not-there-{i}"], True),
                            DescribeConfigsRequest[0]([(2, "unimpeded", None)]),
                            CreateTopicsRequest[0]([(f"created-{i}", 1, 1, [], [])], 1000),
                            DeleteTopicsRequest[0]([f"gone-{i}"], 1000)):
                connection = Connection(port)
                self.addCleanup(connection.socket.close)
                connection.protocol.send_request(request)
                connection.socket.sendall(connection.protocol.send_bytes())
                connections.append(connection)
        return connections

    def check_unimpeded(self, begin, end):
        cluster = self.cluster
        topic = f"unimpeded-{begin.__name__}"
        create_topic(cluster.bootstrap, topic, TWO_EACH)
        with Load(cluster.bootstrap, topic, 2) as load, Follower(cluster.bootstrap, topic, 2) as follower:
            load.wait_progress(100)
            wait_until(lambda: self.coordinators("g") is not None, "coordinator")
            begin()
            waiting = [connection for broker in cluster.brokers
                       for connection in self.send_what_needs_zookeeper(broker.port, 30)]
            self.go_on_for(2, load, follower)
            for broker in cluster.brokers:
                self.assertEqual(1, metadata(broker.port, [topic])[2][topic][0][1])
            end()
            self.go_on_for(1, load, follower)
            for connection in waiting:
                self.assertTrue(connection.socket.recv(4), "no answer after all")
            self.check_healthy(f"{topic}-after")
        load.check()

    def test_requests_that_need_a_dead_zookeeper_do_not_stop_the_others(self):
        def killed():
            self.cluster.zookeeper.kill()
        self.check_unimpeded(killed, self.cluster.zookeeper.start)

    def test_requests_that_need_a_silent_zookeeper_do_not_stop_the_others(self):
        pid = self.cluster.zookeeper.process.pid

        def stopped():
            os.kill(pid, signal.SIGSTOP)
        self.check_unimpeded(stopped, lambda: os.kill(pid, signal.SIGCONT))

    def coordinators(self, group):
        with Connection(self.cluster.brokers[0].port) as connection:
            answer = connection.ask(GroupCoordinatorRequest[0](group))
        return answer.coordinator_id if answer.error_code == 0 else None

    def test_a_broker_that_starts_without_zookeeper_says_so_and_ends(self):
        cluster = self.cluster
        broker = cluster.brokers[0]
        self.assertEqual(0, broker.stop())
        cluster.zookeeper.kill()
        broker.settings["zookeeper.connection.timeout.ms"] = 2000
        broker.launch()
        self.assertEqual(1, broker.wait_exit())
        self.assertRegex(broker.log()[broker.mark:], rf"ZooKeeper at 127.0.0.1:{cluster.zookeeper.port}/kafka cannot be reached")
        del broker.settings["zookeeper.connection.timeout.ms"]

    def check_clean_stop(self, topic, replicas=TWO_EACH):
        """With requests that wait for ZooKeeper, too; and the data is complete when it is back."""
        cluster = self.cluster
        create_topic(cluster.bootstrap, topic, replicas)
        with Load(cluster.bootstrap, topic, 2) as load:
            load.wait_progress(50)
        controller = cluster.controller()
        yield
        # The controller first: while it waits for ZooKeeper, it is no help to the others.
        for broker in sorted(cluster.brokers, key=lambda broker: broker.id != controller):
            self.send_what_needs_zookeeper(broker.port, 10)
            self.assertEqual(0, broker.stop())
            self.assertTrue(os.path.exists(f"{broker.data}/.kafka_cleanshutdown"))
        yield
        self.setUp()
        load.check()

    def test_a_clean_stop_without_zookeeper_ends_in_time(self):
        steps = self.check_clean_stop("stop-alone")
        next(steps)
        self.cluster.zookeeper.kill()
        list(steps)

    def test_a_clean_stop_with_a_silent_zookeeper_ends_in_time(self):
        self.check_unheard_stop("stop-unheard", TWO_EACH)

    def test_leaders_that_cannot_be_moved_away_do_not_keep_a_broker_from_stopping(self):
        self.check_unheard_stop("stop-leading", [[1, 2], [2, 1]])

    def check_unheard_stop(self, topic, replicas):
        steps = self.check_clean_stop(topic, replicas)
        next(steps)
        os.kill(self.cluster.zookeeper.process.pid, signal.SIGSTOP)
        next(steps)
        os.kill(self.cluster.zookeeper.process.pid, signal.SIGCONT)
        list(steps)


class Fetches:
    """Fetches each partition from its leader, one request after the other, and keeps every error that a client library would hide."""

    def __init__(self, cluster, topic, leaders):
        self.errors = []
        self.counts = [0] * len(leaders)  # of answers, by partition
        self.ending = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(cluster.broker(leader).port, topic, partition), daemon=True)
                        for partition, leader in enumerate(leaders)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        for thread in self.threads:
            thread.join()

    def run(self, port, topic, partition):
        offset = 0
        with Connection(port) as connection:
            while not self.ending.is_set():
                error, records = fetch(connection, topic, partition, offset)
                if error != 0:
                    self.errors.append(f"{topic}-{partition} at offset {offset}: error {error}")
                offset += records
                self.counts[partition] += 1


class LongOutageTest(SharedClusterTest):
    """All of ZooKeeper is away for a minute, many times as long as a session lives."""
    brokers = 3
    settings = ZooKeeperOutageTest.settings
    spread = [[1, 2, 3], [2, 3, 1], [3, 1, 2]]

    def states(self, topic):
        """Of each partition its state with the version of the znode: every write shows."""
        found = [self.cluster.zk().get(f"/brokers/topics/{topic}/partitions/{partition}/state") for partition in range(len(self.spread))]
        return [(data, stat.version) for data, stat in found]

    def test_no_request_fails_and_no_replica_falls_out_of_sync(self):
        cluster, topic = self.cluster, "minute"
        create_topic(cluster.bootstrap, topic, self.spread, min_insync_replicas=2)
        wait_agreement(cluster, {topic: [1, 2, 3]})
        before = self.states(topic)
        # Without retries, so that a refusal is told.
        with Load(cluster.bootstrap, topic, 3, retries=0) as load, Fetches(cluster, topic, [1, 2, 3]) as fetches:
            load.wait_progress(100)
            cluster.zookeeper.kill()
            end = time.monotonic() + OUTAGE_S
            while time.monotonic() < end:
                load.wait_progress(500, deadline_s=10)
                self.assertEqual(([], []), (load.errors, fetches.errors))
            cluster.zookeeper.start()
            back = time.monotonic()
            cluster.wait_registered(3)
            create_topic(cluster.bootstrap, f"{topic}-after", self.spread)
            self.assertLess(time.monotonic() - back, 10)
            load.wait_progress(500)
        self.assertEqual([], fetches.errors)
        self.assertGreater(min(fetches.counts), OUTAGE_S)
        self.assertEqual(before, self.states(topic))
        load.check(exactly_once=True)


if __name__ == "__main__":
    unittest.main(verbosity=2)
