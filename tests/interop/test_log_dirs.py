"""Several log directories, described, emptied and changed by the JVM's tools, and handed to and fro between the two brokers."""
import glob
import io
import json
import os
import re
import struct
import threading
import unittest

import confluent_kafka

import peers
import wire
from cluster import kcat, wait_until
from peers import ChangingCluster, tool


def read(path):
    with open(path) as file:
        return file.read()


class DirsCluster(ChangingCluster):
    """One broker with the log directories a, b and c."""

    def __init__(self, release=None, **settings):
        super().__init__(1, release, **settings)
        self.dirs = [f"{self.brokers[0].directory}/{name}" for name in "abc"]
        self.brokers[0].settings["log.dirs"] = ",".join(self.dirs)

    def create(self, topic, partitions, *options):
        return tool("3.9", "kafka-topics.sh", "--bootstrap-server", self.bootstrap, "--create", "--topic", topic,
                    "--partitions", partitions, *options)

    def produce(self, topic, partition, count, first=0):
        kcat("-b", self.bootstrap, "-P", "-t", topic, "-p", str(partition), "-X", "acks=all", "-X", "batch.num.messages=500",
             data=b"".join(b"%d\n" % i for i in range(first, first + count)))

    def consumed(self, topic, partition=0):
        """[(offset, value)…] from the beginning, once the partition has a leader."""
        def led():
            error, leader = wire.metadata(self.brokers[0].port, [topic])[2][topic].get(partition, (None, None))
            return error == 0 and leader > 0
        wait_until(led, "leader of the partition")
        text = kcat("-b", self.bootstrap, "-C", "-t", topic, "-p", str(partition), "-o", "beginning", "-e", "-q", "-f", "%o %s\n")
        return [tuple(int(word[-12:]) for word in line.split()) for line in text.splitlines()]

    def described(self, release, *options):
        """{directory: (error, {partition: (size, lag, is future)})} by kafka-log-dirs.sh."""
        text = tool(release, "kafka-log-dirs.sh", "--bootstrap-server", self.bootstrap, "--describe", *options)
        [broker] = json.loads(next(line for line in text.splitlines() if line.startswith("{")))["brokers"]
        return {entry["logDir"]: (entry["error"],
                                  {found["partition"]: (found["size"], found["offsetLag"], found["isFuture"])
                                   for found in entry["partitions"]})
                for entry in broker["logDirs"]}

    def place(self, name):
        """The log directories that hold a directory of this name."""
        return [path for path in self.dirs if os.path.isdir(os.path.join(path, name))]


class MixedCluster(DirsCluster):
    """With a second broker, a JVM's, that is the controller."""

    def __init__(self, **settings):
        ChangingCluster.__init__(self, 2, **settings)
        self.dirs = [f"{self.brokers[0].directory}/{name}" for name in "abc"]
        self.brokers[0].settings["log.dirs"] = ",".join(self.dirs)
        self.brokers[1].release = "3.9"

    def __enter__(self):
        super().__enter__()
        if self.controller() != 2:
            self.brokers[0].stop()
            wait_until(lambda: self.controller() == 2, "the JVM as controller")
            self.brokers[0].start()
            self.wait_registered(2)
        return self


class DescribeTest(unittest.TestCase):
    def test_sizes_and_places_are_those_that_the_jvm_tells(self):
        with DirsCluster() as cluster:
            broker = cluster.brokers[0]
            cluster.create("spread", 7)
            cluster.create("other", 2)
            for partition in range(7):
                cluster.produce("spread", partition, 10 * partition)
            ours = {release: cluster.described(release) for release in peers.RELEASES}
            self.assertEqual(ours["3.9"], ours["2.8"])
            self.assertEqual(set(cluster.dirs), set(ours["3.9"]))
            held = {path: [name for name in os.listdir(path) if name.startswith(("spread-", "other-"))] for path in cluster.dirs}
            self.assertEqual([3, 3, 3], [len(names) for names in held.values()])
            for path, (error, partitions) in ours["3.9"].items():
                self.assertIsNone(error)
                self.assertEqual(set(held[path]), set(partitions))
                for name, (size, lag, future) in partitions.items():
                    log = os.path.join(path, name, "0" * 20 + ".log")
                    self.assertEqual((os.path.getsize(log), 0, False), (size, lag, future))
            one = cluster.described("3.9", "--topic-list", "other,unknown", "--broker-list", "1")
            self.assertEqual({"other-0", "other-1"}, {name for _, partitions in one.values() for name in partitions})
            self.assertEqual(set(cluster.dirs), set(one))
            self.assertEqual(0, broker.stop())
            broker.start_as("3.9")
            wait_until(lambda: cluster.described("3.9") == ours["3.9"], "the JVM's description of the same directories")
            self.assertEqual(one, cluster.described("3.9", "--topic-list", "other,unknown", "--broker-list", "1"))


class DeletionTest(unittest.TestCase):
    def delete(self, cluster, release, *entries):
        """{(topic, partition): low watermark, or the error's text} by kafka-delete-records.sh."""
        path = f"{cluster.directory}/deletions.json"
        with open(path, "w") as file:
            json.dump({"version": 1, "partitions": [dict(zip(("topic", "partition", "offset"), entry)) for entry in entries]}, file)
        text = tool(release, "kafka-delete-records.sh", "--bootstrap-server", cluster.bootstrap, "--offset-json-file", path)
        found = re.findall(r"partition: (\S+)-(\d+)\t(?:low_watermark: (-?\d+)|error: (.*))", text)
        return {(topic, int(partition)): error.strip() or int(low) for topic, partition, low, error in found}

    def starts(self, cluster, topic, partitions):
        text = tool("3.9", "kafka-get-offsets.sh", "--bootstrap-server", cluster.bootstrap, "--topic", topic, "--time", "earliest")
        found = dict(re.findall(rf"{topic}:(\d+):(\d+)", text))
        return [int(found[str(partition)]) for partition in range(partitions)]

    def test_starts_are_raised_and_stay_so(self):
        with DirsCluster(log_segment_bytes=20_000, log_retention_check_interval_ms=500, log_initial_task_delay_ms=500,
                         log_flush_start_offset_checkpoint_interval_ms=500) as cluster:
            broker = cluster.brokers[0]
            cluster.create("cut", 3, "--config", "file.delete.delay.ms=0")
            for partition in range(3):
                for first in range(0, 5000, 500):
                    cluster.produce("cut", partition, 500, first)
            self.assertEqual({("cut", 0): 3333, ("cut", 1): 5000}, self.delete(cluster, "3.9", ("cut", 0, 3333), ("cut", 1, -1)))
            self.assertEqual({("cut", 2): 17}, self.delete(cluster, "2.8", ("cut", 2, 17)))
            self.assertEqual({("cut", 0): 3333}, self.delete(cluster, "2.8", ("cut", 0, 10)))

            def check():
                self.assertEqual([3333, 5000, 17], self.starts(cluster, "cut", 3))
                for partition, start in enumerate([3333, 5000, 17]):
                    self.assertEqual([(i, i) for i in range(start, 5000)], cluster.consumed("cut", partition))
            check()

            def segments(partition):
                [path] = cluster.place(f"cut-{partition}")
                return sorted(int(name[:20]) for name in os.listdir(f"{path}/cut-{partition}") if name.endswith(".log"))
            wait_until(lambda: segments(0)[0] > 0 and segments(1)[0] > 0, "deletion of segments")
            self.assertTrue(segments(0)[0] <= 3333 < segments(0)[1], segments(0))
            self.assertEqual(0, segments(2)[0])
            [path] = cluster.place("cut-2")
            wait_until(lambda: "cut 2 17" in read(f"{path}/log-start-offset-checkpoint"), "checkpoint of starts")
            broker.kill()
            peers.wait_gone(cluster, broker.id)
            broker.start()
            check()
            self.assertEqual(0, broker.stop())
            for release in [None, "3.9", "2.8", None]:
                broker.start_as(release)
                cluster.wait_registered(1)
                check()
                broker.stop()

    def refusals(self, cluster, release):
        return self.delete(cluster, release, ("kept", 0, 0), ("some", 0, 11), ("some", 0 + 1, -2))

    def test_refusals_are_those_of_the_jvm(self):
        told = {}
        for broker in (None, "3.9"):
            with DirsCluster(broker) as cluster:
                cluster.create("kept", 1, "--config", "cleanup.policy=compact")
                cluster.create("some", 2)
                for partition in range(2):
                    cluster.produce("some", partition, 10)
                told[broker] = [self.refusals(cluster, release) for release in peers.RELEASES]
        self.assertEqual(told["3.9"], told[None])
        self.assertEqual(3, len(told[None][0]))

    def test_a_follower_of_the_jvm_is_waited_for(self):
        with ChangingCluster(2, default_replication_factor=2) as cluster:
            jvm = cluster.brokers[1]
            jvm.stop()
            peers.wait_gone(cluster, jvm.id)
            jvm.start_as("3.9")
            cluster.wait_registered(2)
            tool("3.9", "kafka-topics.sh", "--bootstrap-server", cluster.bootstrap, "--create", "--topic", "both",
                 "--replica-assignment", "1:2")
            kcat("-b", cluster.bootstrap, "-P", "-t", "both", "-p", "0", "-X", "acks=all", data=b"x\n" * 100)
            self.assertEqual({("both", 0): 60}, self.delete(cluster, "3.9", ("both", 0, 60)))
            jvm.stop()
            self.assertIn("both 0 60", read(f"{jvm.data}/log-start-offset-checkpoint"))


def ask(port, api_key, body):
    """The answer to a request of version 1, without its header."""
    with wire.Connection(port) as connection:
        connection.socket.sendall(wire.frame(wire.header(api_key, 1) + body))
        answer = b""
        while len(answer) < 4 or len(answer) < 4 + struct.unpack(">i", answer[:4])[0]:
            answer += connection.socket.recv(65536)
    return answer[8:]


def text(value):
    return struct.pack(">h", len(value)) + value.encode()


def alter(port, path, topic, partition):
    """The error code of one move, as AlterReplicaLogDirs answers."""
    one = struct.pack(">i", 1)
    answer = ask(port, 34, one + text(path) + one + text(topic) + one + struct.pack(">i", partition))
    return struct.unpack(">h", answer[-2:])[0]


def describe_one(port, topic, partition):
    """{directory: (size, lag, is future)} of one partition, as DescribeLogDirs answers."""
    one = struct.pack(">i", 1)
    answer = io.BytesIO(ask(port, 35, one + text(topic) + one + struct.pack(">i", partition)))

    def take(form):
        return struct.unpack(">" + form, answer.read(struct.calcsize(">" + form)))
    found = {}
    _, dirs = take("ii")
    for _ in range(dirs):
        _, length = take("hh")
        path = answer.read(length).decode()
        if take("i")[0] == 0:
            continue
        answer.read(take("h")[0])
        count, _, *described = take("iiqq?")
        assert count == 1
        found[path] = tuple(described)
    return found


class Writer:
    """Produces numbers, one after another, until it is ended; `count` is how many were acknowledged."""

    def __init__(self, cluster, topic):
        self.count = 0
        self.ended = threading.Event()
        self.producer = confluent_kafka.Producer({"bootstrap.servers": cluster.bootstrap, "acks": "all",
                                                  "max.in.flight": 1, "linger.ms": 1})
        self.thread = threading.Thread(target=self.run, args=(topic,))
        self.thread.start()

    def run(self, topic):
        number = 0
        while not self.ended.is_set():
            for _ in range(20):
                self.producer.produce(topic, str(number), partition=0, on_delivery=self.on_delivery)
                number += 1
            self.producer.flush(60)

    def on_delivery(self, error, message):
        assert error is None, error
        self.count += 1

    def end(self):
        self.ended.set()
        self.thread.join()
        return self.count


class MoveTest(unittest.TestCase):
    def reassign(self, cluster, release, path, *options):
        return tool(release, "kafka-reassign-partitions.sh", "--bootstrap-server", cluster.bootstrap,
                    "--reassignment-json-file", path, *options)

    def test_the_tool_moves_under_a_running_producer(self):
        with MixedCluster() as cluster:
            ours = cluster.brokers[0]
            tool("3.9", "kafka-topics.sh", "--bootstrap-server", cluster.bootstrap, "--create", "--topic", "moved",
                 "--replica-assignment", "1")
            writer = Writer(cluster, "moved")
            for release in [*peers.RELEASES, *peers.RELEASES]:
                seen = writer.count
                wait_until(lambda: writer.count > seen + 500, "progress of the producer")
                [old] = cluster.place("moved-0")
                new = cluster.dirs[(cluster.dirs.index(old) + 1) % 3]
                path = f"{cluster.directory}/reassignment.json"
                with open(path, "w") as file:
                    json.dump({"version": 1, "partitions": [
                        {"topic": "moved", "partition": 0, "replicas": [1], "log_dirs": [new]}]}, file)
                self.assertIn("Successfully started", self.reassign(cluster, release, path, "--execute"))
                wait_until(lambda: cluster.place("moved-0") == [new], "end of the move")
                verified = self.reassign(cluster, "3.9", path, "--verify", "--preserve-throttles")
                self.assertIn("is completed", verified)
                self.assertNotIn("still in progress", verified)
            count = writer.end()
            expected = [(i, i) for i in range(count)]
            self.assertEqual(expected, cluster.consumed("moved"))
            self.assertEqual(0, ours.stop())
            ours.start_as("3.9")
            cluster.wait_registered(2)
            wait_until(lambda: cluster.consumed("moved") == expected, "the records, from the JVM broker")

    def begin(self, cluster, count):
        """Fills a partition, begins a move and kills the broker in the middle of it; where from and where to."""
        broker = cluster.brokers[0]
        cluster.create("moved", 1)
        kcat("-b", cluster.bootstrap, "-P", "-t", "moved", "-p", "0", "-X", "acks=all", "-X", "batch.size=60000",
             data=b"".join(b"%050000d\n" % i for i in range(count)))
        [old] = cluster.place("moved-0")
        new = cluster.dirs[(cluster.dirs.index(old) + 1) % 3]
        size = describe_one(broker.port, "moved", 0)[old][0]
        self.assertEqual(0, alter(broker.port, new, "moved", 0))

        def copied():
            return sum(os.path.getsize(path) for path in glob.glob(f"{new}/moved-0.*-future/*.log"))
        wait_until(lambda: copied() > size // 20, "progress of the move")
        so_far, lag, is_future = describe_one(broker.port, "moved", 0)[new]
        broker.kill()
        self.assertTrue(is_future and 0 < so_far < size and 0 < lag < count, (so_far, lag, is_future))
        self.assertTrue(0 < copied() < size)
        peers.wait_gone(cluster, broker.id)
        return old, new

    def goes_on(self, release):
        count = 8000
        with DirsCluster(log_segment_bytes=30_000_000) as cluster:
            broker = cluster.brokers[0]
            old, new = self.begin(cluster, count)
            self.assertEqual([old], cluster.place("moved-0"))
            broker.start_as(release)
            cluster.wait_registered(1)
            wait_until(lambda: cluster.place("moved-0") == [new], "end of the move")
            expected = [(i, i) for i in range(count)]
            self.assertEqual(expected, cluster.consumed("moved"))
            broker.stop()
            for other in [None, "3.9"]:
                broker.start_as(other)
                cluster.wait_registered(1)
                self.assertEqual(expected, cluster.consumed("moved"))
                broker.stop()

    def test_a_move_goes_on_after_a_kill(self):
        self.goes_on(None)

    def test_a_move_goes_on_in_the_jvm_after_a_kill(self):
        self.goes_on("3.9")

    def test_errors_are_those_of_the_jvm(self):
        told = {}
        for release in (None, "3.9"):
            with DirsCluster(release) as cluster:
                cluster.create("there", 1)
                port = cluster.brokers[0].port
                here = cluster.place("there-0")[0]
                told[release] = [alter(port, "/nowhere", "there", 0), alter(port, here, "there", 0),
                                 alter(port, here, "unknown", 0), alter(port, here, "x" * 249, 0),
                                 alter(port, here + "/", "there", 0)]
        self.assertEqual(told["3.9"], told[None])


if __name__ == "__main__":
    unittest.main(verbosity=2)
