"""Our controller in place of the JVM's: what tools print, and what JVM brokers get from it, is the same.

Broker 1 is the controller, ours or the JVM's; brokers 2 and 3 are the JVM's and hold the data."""
import json
import os
import re
import signal
import subprocess
import unittest

from confluent_kafka import Producer

import peers
from peers import harness, wire

DEADLINE_S = 4 * harness.DEADLINE_S
LOG_LINE = re.compile(r"^(\[\d{4}-|\tat |\t\.\.\. |Caused by:|Suppressed|\tSuppressed|org\.apache\.|java\.|kafka\.|joptsimple)")


class Cluster(peers.ChangingCluster):
    """Broker 1, of this release or ours, is the controller; the others are the JVM's."""

    def __init__(self, release, data_release="3.9", **settings):
        # The controller decides the versions of its requests by this alone.
        # Leaders move when a test says so: the first balance comes five seconds after an election.
        super().__init__(3, data_release, inter_broker_protocol_version=data_release, auto_leader_rebalance_enable="false",
                         **settings)
        self.brokers[0].release = release

    def __enter__(self):
        try:
            self.zookeeper.start()
            self.brokers[0].start()
            harness.wait_until(lambda: self.controller() == 1, "election of broker 1")
            for broker in self.brokers[1:]:
                broker.launch()
            for broker in self.brokers[1:]:
                broker.wait_started()
            self.wait_registered(3)
        except BaseException:
            self.close()
            raise
        return self

    @property
    def zookeeper_connect(self):
        return f"127.0.0.1:{self.zookeeper.port}/kafka"

    def state(self, topic, partition=0):
        data = self.data(f"/brokers/topics/{topic}/partitions/{partition}/state")
        return json.loads(data) if data else None

    def wait_state(self, topic, what, condition, partition=0):
        return harness.wait_until(lambda: (state := self.state(topic, partition)) and condition(state) and state,
                                  f"{what} of {topic}-{partition}", DEADLINE_S)

    def is_moving(self, topic):
        assignment = json.loads(self.data(f"/brokers/topics/{topic}"))
        return assignment.get("adding_replicas") or assignment.get("removing_replicas")

    def wait_moved(self, topic):
        harness.wait_until(lambda: not self.is_moving(topic), f"end of the reassignment of {topic}", DEADLINE_S)
        harness.wait_until(lambda: self.data("/admin/reassign_partitions") is None, "end of the tools' node", DEADLINE_S)


def normal(text, cluster):
    """Without what differs from run to run: ids, ports, log lines and stack traces."""
    lines = [line for line in text.splitlines() if not LOG_LINE.match(line)]
    text = re.sub(r"TopicId: \S+", "TopicId: ID", "\n".join(lines))
    text = re.sub(r"Optional\[(\w+)\]", r"\1", text)  # 3.9 shows its own insides; we do not
    for broker in cluster.brokers:
        text = text.replace(str(broker.port), f"PORT{broker.id}")
    return text.replace(str(cluster.zookeeper.port), "ZK").strip()


class Tools:
    """Runs tools of a release, or ours for None, and notes exit codes and output under names."""

    def __init__(self, cluster, release):
        self.cluster = cluster
        self.release = release
        self.seen = {}

    def json(self, name, value):
        path = os.path.join(self.cluster.directory, name)
        with open(path, "w") as file:
            json.dump(value, file)
        return path

    def run(self, name, tool, *arguments):
        if self.release:
            done = peers.complete("tool", self.release, tool, *arguments, deadline_s=DEADLINE_S)
        else:
            done = subprocess.run([os.path.join(harness.ROOT, "scripts", tool), *arguments], stdin=subprocess.DEVNULL,
                                  capture_output=True, timeout=DEADLINE_S,
                                  env={**os.environ, "ODRADEK_BINARIES": harness.BINARIES})
        self.seen[name] = (done.returncode, normal(done.stdout.decode(), self.cluster))

    def topics(self, name, *arguments):
        self.run(name, "kafka-topics.sh", "--bootstrap-server", self.cluster.bootstrap, *arguments)

    def reassign(self, name, *arguments):
        self.run(name, "kafka-reassign-partitions.sh", "--bootstrap-server", self.cluster.bootstrap, *arguments)

    def elect(self, name, kind, *arguments):
        self.run(name, "kafka-leader-election.sh", "--bootstrap-server", self.cluster.bootstrap, "--election-type", kind,
                 *arguments)


def plan(*moves):
    return {"version": 1, "partitions": [{"topic": topic, "partition": partition, "replicas": replicas}
                                         for topic, partition, replicas in moves]}


def use_topics(tools):
    tools.topics("create", "--create", "--topic", "moves", "--replica-assignment", "2,3,2")
    tools.topics("describe", "--describe", "--topic", "moves")
    tools.topics("more", "--alter", "--topic", "moves", "--partitions", "5")
    tools.topics("describe more", "--describe", "--topic", "moves")
    tools.topics("not more", "--alter", "--topic", "moves", "--partitions", "5")
    tools.topics("fewer", "--alter", "--topic", "moves", "--partitions", "2")
    tools.topics("unknown broker", "--alter", "--topic", "moves", "--partitions", "6", "--replica-assignment", "2,3,2,1,3,9")
    tools.topics("exists", "--create", "--topic", "moves", "--partitions", "1")
    tools.topics("too many replicas", "--create", "--topic", "many", "--replication-factor", "9")
    tools.topics("bad name", "--create", "--topic", "a/b", "--partitions", "1")
    tools.topics("bad config", "--create", "--topic", "bad", "--config", "no.such=1")


def move(tools):
    cluster = tools.cluster
    there = tools.json("there.json", plan(("moves", 0, [3]), ("moves", 1, [2])))
    tools.reassign("execute", "--execute", "--reassignment-json-file", there)
    cluster.wait_moved("moves")
    tools.reassign("list", "--list")
    tools.reassign("verify", "--verify", "--reassignment-json-file", there)
    tools.reassign("cancel nothing", "--cancel", "--reassignment-json-file", there)
    tools.reassign("no such broker", "--execute", "--reassignment-json-file", tools.json("nine.json", plan(("moves", 0, [9]))))
    tools.reassign("no such topic", "--execute", "--reassignment-json-file", tools.json("no.json", plan(("no", 0, [2]))))


def elect(tools):
    cluster = tools.cluster
    tools.topics("create pair", "--create", "--topic", "pair", "--replica-assignment", "2:3")
    cluster.wait_state("pair", "two in sync", lambda state: len(state["isr"]) == 2)
    tools.reassign("reorder", "--execute", "--reassignment-json-file", tools.json("order.json", plan(("pair", 0, [3, 2]))))
    cluster.wait_moved("pair")
    one = ("--topic", "pair", "--partition", "0")
    tools.elect("preferred", "preferred", *one)
    tools.elect("preferred again", "preferred", *one)
    tools.elect("no such partition", "preferred", "--topic", "pair", "--partition", "7")
    tools.elect("unclean needless", "unclean", *one)
    tools.elect("all", "preferred", "--all-topic-partitions")
    cluster.broker(3).kill()
    peers.wait_gone(cluster, 3)
    cluster.wait_state("pair", "leader 2", lambda state: state["leader"] == 2)
    cluster.wait_state("moves", "no leader", lambda state: state["leader"] == -1)
    tools.elect("preferred is dead", "preferred", *one)
    tools.elect("nobody is left", "unclean", "--topic", "moves", "--partition", "0")
    cluster.broker(3).start()
    cluster.wait_state("moves", "leader 3", lambda state: state["leader"] == 3)


def delete(tools):
    tools.topics("delete", "--delete", "--topic", "moves")
    tools.topics("delete unknown", "--delete", "--topic", "never")
    tools.topics("list", "--list")


def use_tools(cluster, release):
    tools = Tools(cluster, release)
    use_topics(tools)
    move(tools)
    elect(tools)
    delete(tools)
    return tools.seen


def use_zookeeper(cluster, release):
    """The forms of 2.8 that write ZooKeeper themselves."""
    tools = Tools(cluster, release)
    where = ("--zookeeper", cluster.zookeeper_connect)
    tools.run("create", "kafka-topics.sh", *where, "--create", "--topic", "old", "--replica-assignment", "2:3,3:2",
              "--config", "retention.ms=1000000")
    cluster.wait_state("old", "two in sync", lambda state: len(state["isr"]) == 2)
    tools.run("create again", "kafka-topics.sh", *where, "--create", "--topic", "old", "--replica-assignment", "2:3")
    tools.run("more", "kafka-topics.sh", *where, "--alter", "--topic", "old", "--partitions", "3")
    cluster.wait_state("old", "two in sync", lambda state: len(state["isr"]) == 2, 2)
    tools.run("config", "kafka-topics.sh", *where, "--alter", "--topic", "old", "--config", "segment.bytes=100000")
    tools.run("no config", "kafka-topics.sh", *where, "--alter", "--topic", "old", "--delete-config", "retention.ms")
    tools.run("describe", "kafka-topics.sh", *where, "--describe", "--topic", "old")
    there = tools.json("old.json", plan(("old", 0, [3, 2]), ("old", 1, [2, 3])))
    tools.run("execute", "kafka-reassign-partitions.sh", *where, "--execute", "--reassignment-json-file", there)
    cluster.wait_moved("old")
    tools.run("verify", "kafka-reassign-partitions.sh", *where, "--verify", "--reassignment-json-file", there)
    tools.run("missing", "kafka-reassign-partitions.sh", *where, "--execute", "--reassignment-json-file",
              tools.json("no.json", plan(("no", 0, [2]))))
    tools.run("delete", "kafka-topics.sh", *where, "--delete", "--topic", "old")
    harness.wait_until(lambda: cluster.data("/brokers/topics/old") is None, "deletion of old", DEADLINE_S)
    tools.run("list", "kafka-topics.sh", *where, "--list")
    return tools.seen


class ToolsTest(unittest.TestCase):
    maxDiff = None

    def compare(self, use, release, *runs):
        """Each run's (controller, tools) print what the first prints; the other brokers are of this release."""
        seen = {}
        for controller, tools in runs:
            with Cluster(controller, release) as cluster:
                seen[controller, tools] = use(cluster, tools)
        expected = seen[runs[0]]
        for run, outputs in seen.items():
            for name, output in outputs.items():
                with self.subTest(name, controller=run[0] or "ours", tools=run[1] or "ours"):
                    self.assertEqual(expected[name], output)

    def test_tools_of_39_print_the_same(self):
        self.compare(use_tools, "3.9", ("3.9", "3.9"), (None, "3.9"), (None, None))

    def test_tools_of_28_print_the_same(self):
        self.compare(use_tools, "3.9", ("3.9", "2.8"), (None, "2.8"))

    def test_tools_of_28_print_the_same_by_zookeeper(self):
        self.compare(use_zookeeper, "2.8", ("2.8", "2.8"), (None, "2.8"), (None, None))


class BrokersTest(unittest.TestCase):
    """JVM brokers under our controller."""

    def produce(self, cluster, **settings):
        done = []
        producer = Producer({"bootstrap.servers": f"127.0.0.1:{cluster.broker(2).port}",
                             **{key.replace("_", "."): value for key, value in settings.items()}})
        for number in range(100):
            producer.produce("pair", str(number).encode(), partition=0, on_delivery=lambda error, _: done.append(error))
        self.assertEqual(0, producer.flush(DEADLINE_S))
        self.assertEqual([None] * 100, done)

    def check_producer_ids(self, cluster, release):
        """Ids come from a JVM broker, which has them from our controller since IBP 3.0; before, from ZooKeeper."""
        self.produce(cluster, enable_idempotence=True)
        self.assertIsNotNone(wire_producer_id(cluster.broker(2).port))
        if release != "2.8":
            self.assertEqual(2, json.loads(cluster.data("/latest_producer_id_block"))["broker"], "the last block's owner")

    def test_producer_ids_and_in_sync_replicas(self):
        for release in peers.RELEASES:
            with self.subTest(release), Cluster(None, release, replica_lag_time_max_ms=1000) as cluster:
                self.make_pair(cluster)
                self.check_producer_ids(cluster, release)
                before = cluster.state("pair")
                # Its session lives on for a while, so only the leader notices that it does not follow.
                os.kill(cluster.broker(3).process.pid, signal.SIGSTOP)
                self.produce(cluster, acks=1)
                shrunk = cluster.wait_state("pair", "one in sync", lambda state: state["isr"] == [2])
                self.assertEqual(before["leader_epoch"], shrunk["leader_epoch"], "the leader asked, nobody was elected")
                os.kill(cluster.broker(3).process.pid, signal.SIGCONT)
                cluster.wait_state("pair", "two in sync again", lambda state: sorted(state["isr"]) == [2, 3])
                cluster.broker(3).stop()
                cluster.wait_state("pair", "one in sync", lambda state: state["isr"] == [2])
                cluster.broker(3).start()
                grown = cluster.wait_state("pair", "two in sync after a restart", lambda state: sorted(state["isr"]) == [2, 3])
                self.assertEqual(1, cluster.controller())
                self.assertEqual(2, grown["leader"])

    def make_pair(self, cluster):
        tool = [os.path.join(harness.ROOT, "scripts/kafka-topics.sh"), "--bootstrap-server", cluster.bootstrap, "--create",
                "--topic", "pair", "--replica-assignment", "2:3"]
        subprocess.run(tool, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "ODRADEK_BINARIES": harness.BINARIES})
        cluster.wait_state("pair", "two in sync", lambda state: len(state["isr"]) == 2)


def wire_producer_id(port):
    """An id from InitProducerId version 0, asked until the broker has a block: the JVM's begins without one."""
    import struct

    def ask():
        with wire.Connection(port) as connection:
            connection.socket.sendall(wire.frame(wire.header(22, 0) + struct.pack(">hi", -1, 60000)))
            _, _, _, error, identity, _ = struct.unpack(">iiihqh", connection.socket.recv(24))
            return None if error else (identity,)
    return harness.wait_until(ask, f"producer id of the broker at port {port}", DEADLINE_S)[0]


if __name__ == "__main__":
    unittest.main()
