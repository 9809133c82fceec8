"""Settings, quotas and SCRAM credentials through the admin APIs: our broker answers as the JVM's, and writes the same."""
import difflib
import json
import os
import socket
import unittest

from confluent_kafka.admin import AdminClient, NewTopic

import config_wire
import peers
from cluster import DEADLINE_S, wait_until
from config_wire import APPEND, BROKER, DELETE, LOGGER, SET, SUBTRACT, TOPIC

SECRET = {"password_encoder_secret": "encoder-secret"}
# Wrong or borderline, by type as on the wire.
VALUES = {1: ["maybe", "TRUE"], 2: ["nonsense"], 3: ["x", "-5", "99999999999"], 4: ["x", "-5"], 5: ["x", "-5"],
          6: ["x", "-0.5"], 7: ["nonsense", ""], 8: ["nonsense"], 9: ["secret"]}
# What stands for a Java class there, which has to exist for a JVM and is nothing to us.
NOT_TRIED = {"metric.reporters", "principal.builder.class", "ssl.engine.factory.class"}
UNKNOWN_SERVER_ERROR = -1
OURS = {"lone.leader.flush.enable", "offsets.storage", "unclean.restart.check.enable"}  # keys that a JVM broker does not know


def same(message, code):
    """A message without what differs from broker to broker, or from run to run."""
    if message is None or code == UNKNOWN_SERVER_ERROR:
        return None  # there a JVM broker says nothing
    return message


class Steps:
    """What is asked of a broker, and what it answered and wrote, as lines."""

    def __init__(self, cluster):
        self.cluster, self.broker = cluster, cluster.brokers[0]
        self.port, self.lines = self.broker.port, []

    def tell(self, *words):
        line = " ".join(str(word) for word in words).replace(str(self.port), "PORT").replace(self.broker.directory, "DIR")
        self.lines.append(line.replace(str(self.cluster.zookeeper.port), "ZK"))

    def change(self, kind, name, changes, validate_only=True):
        for code, message, *_ in config_wire.change(self.port, [(kind, name, changes)], validate_only):
            self.tell("change", kind, repr(name), changes, "->", code, same(message, code))

    def replace(self, kind, name, values, validate_only=False):
        for code, message, *_ in config_wire.alter(self.port, [(kind, name, values)], validate_only):
            self.tell("replace", kind, repr(name), values, "->", code, same(message, code))

    def described(self, kind, name, keys=None):
        code, message, found = config_wire.describe(self.port, kind, name, keys)
        self.tell("describe", kind, repr(name), "->", code, same(message, code))
        for key in sorted(set(found) - OURS):
            self.tell("  ", kind, repr(name), key, found[key])
        return found

    def node(self, path):
        data = self.cluster.data(path) if self.cluster.zk().exists(path) else None
        try:
            data = json.dumps(json.loads(data), sort_keys=True) if data else data
        except ValueError:
            pass  # told as it is
        self.tell("znode", path, data)

    def notifications(self):
        zk = self.cluster.zk()
        names = sorted(zk.get_children("/config/changes"))
        self.tell("notifications", [json.loads(self.cluster.data(f"/config/changes/{name}"))["entity_path"] for name in names])

    def quotas(self, components, strict=False):
        code, message, found = config_wire.describe_quotas(self.port, components, strict)
        self.tell("quotas", components, strict, "->", code, same(message, code), sorted(found.items(), key=repr))

    def alter_quotas(self, entity, changes, validate_only=False):
        for code, message, *_ in config_wire.alter_quotas(self.port, [(entity, changes)], validate_only):
            self.tell("alter quotas", entity, changes, "->", code, same(message, code))

    def scram(self, deletions, upsertions):
        answers = config_wire.alter_scram(self.port, deletions, upsertions)
        for user in sorted(answers):
            self.tell("alter scram", repr(user), "->", answers[user][0], same(answers[user][1], answers[user][0]))

    def users(self, names):
        code, message, found = config_wire.describe_scram(self.port, names)
        self.tell("users", names, "->", code, same(message, code))
        for user, error, why, credentials in found:
            self.tell("  ", repr(user), error, same(why, error), credentials)


def make_topic(cluster, name):
    admin = AdminClient({"bootstrap.servers": cluster.bootstrap})
    admin.create_topics([NewTopic(name, 1, 1)])[name].result(DEADLINE_S)
    wait_until(lambda: cluster.zk().exists(f"/brokers/topics/{name}/partitions/0/state"), "a leader")


def wrong_values(steps, table):
    """Every key of brokers, dynamic or not, for one broker and for all; the keys come from a JVM broker."""
    for key, (_, read_only, *_, kind) in sorted(table.items()):
        if key in NOT_TRIED:
            continue
        for value in (["1"] if read_only else VALUES.get(kind, ["1"])):
            for name in ["1", ""]:
                steps.change(BROKER, name, [(key, SET, value)])


def wrong_topic_values(steps, table):
    for key, (*_, kind) in sorted(table.items()):
        for value in VALUES.get(kind, ["1"]):
            steps.change(TOPIC, "orders", [(key, SET, value)])


def odd_requests(steps):
    steps.change(TOPIC, "", [("retention.ms", SET, "1")])
    steps.change(TOPIC, "missing", [("retention.ms", SET, "1")])
    steps.change(TOPIC, "orders", [("no.such.key", SET, "1")])
    steps.change(TOPIC, "orders", [("no.such.key", APPEND, "1")])
    steps.change(TOPIC, "orders", [("retention.ms", APPEND, "1")])
    steps.change(TOPIC, "orders", [("retention.ms", SUBTRACT, "1")])
    steps.change(TOPIC, "orders", [("retention.ms", SET, None)])
    steps.change(TOPIC, "orders", [("retention.ms", SET, "1"), ("retention.ms", SET, "2")])
    steps.change(TOPIC, "orders", [("retention.ms", 9, "1")])
    steps.change(TOPIC, "orders", [("min.compaction.lag.ms", SET, "9"), ("max.compaction.lag.ms", SET, "8")])
    steps.change(TOPIC, "orders", [("remote.storage.enable", SET, "true")])
    steps.change(TOPIC, "orders", [("remote.log.copy.disable", SET, "true")])
    steps.change(TOPIC, "orders", [("leader.replication.throttled.replicas", SET, "0:1,1:x")])
    steps.change(BROKER, "2", [("log.retention.ms", SET, "1")])
    steps.change(BROKER, "x", [("log.retention.ms", SET, "1")])
    steps.change(BROKER, "1", [("log.retention.ms", 9, "1")])
    steps.change(BROKER, "1", [("no.such.key", SET, "1")])
    steps.change(BROKER, "1", [("no.such.key", APPEND, "1")])
    steps.change(BROKER, "1", [("log.retention.ms", APPEND, "1")])
    steps.change(BROKER, "1", [("num.io.threads", SET, "100")])
    for key in ("listeners", "advertised.listeners"):
        for value in ("NOBODY://127.0.0.1:1", "PLAINTEXT://127.0.0.1:1,PLAINTEXT://127.0.0.1:2", "PLAINTEXT://127.0.0.1"):
            steps.change(BROKER, "1", [(key, SET, value)])
    steps.change(BROKER, "1", [("num.io.threads", SET, "1")])
    steps.change(BROKER, "1", [("num.io.threads", SET, "0")])
    steps.change(BROKER, "1", [("listener.name.plaintext.ssl.keystore.location", SET, "/no/such/file")])
    steps.change(BROKER, "", [("x.sasl.jaas.config", SET, "secret")], validate_only=False)
    steps.change(BROKER, "", [("listener.name.x.sasl.jaas.config", SET, "secret")])
    for kind in [0, 1, 3, 16, 32]:
        steps.change(kind, "orders", [("retention.ms", SET, "1")])
        steps.replace(kind, "orders", {"retention.ms": "1"})
    steps.change(LOGGER, "1", [("root", SET, "LOUD")])
    steps.change(LOGGER, "1", [("no.such.logger", SET, "INFO")])
    steps.change(LOGGER, "1", [("root", DELETE, None)])
    steps.change(LOGGER, "1", [("root", APPEND, "INFO")])
    steps.change(LOGGER, "x", [("root", SET, "INFO")])
    steps.replace(LOGGER, "1", {"root": "INFO"})
    steps.replace(BROKER, "2", {"log.retention.ms": "1"})
    steps.replace(TOPIC, "missing", {"retention.ms": "1"})
    for kind, name in [(TOPIC, "missing"), (TOPIC, "bad name"), (BROKER, "2"), (BROKER, "x"), (LOGGER, ""), (LOGGER, "2"),
                       (LOGGER, "x")]:
        steps.described(kind, name)
    twice = [(TOPIC, "orders", [("retention.ms", SET, "1")])] * 2
    steps.tell("twice", [(code, message) for code, message, *_ in config_wire.change(steps.port, twice)])


def unreadable_nodes(steps):
    zk = steps.cluster.zk()
    path = "/config/topics/orders"
    for data in (b'{"version":1,"config":{"retention.ms":"1"', b"[]", b"", b'{"version":1}', b'{"version":1,"config":[]}', b'"text"',
                 b'{"version":1,"config":{"retention.ms":"never","no.such.key":"1"}}', b'{"version":2,"config":{"retention.ms":"5"}}'):
        zk.set(path, data) if zk.exists(path) else zk.create(path, data)
        steps.tell("node", data)
        if b"never" not in data:  # there a JVM broker describes nothing, and we what can be
            steps.described(TOPIC, "orders", ["retention.ms", "flush.ms"])
        steps.change(TOPIC, "orders", [("flush.ms", SET, "5")], validate_only=False)
        steps.node(path)
    steps.replace(TOPIC, "orders", {})


def changes_that_count(steps):
    steps.change(TOPIC, "orders", [("retention.ms", SET, "1000"), ("cleanup.policy", APPEND, "compact")], validate_only=False)
    steps.change(TOPIC, "orders", [("cleanup.policy", SUBTRACT, "delete"), ("segment.bytes", SET, "2000")], validate_only=False)
    steps.change(TOPIC, "orders", [("segment.bytes", DELETE, None)], validate_only=False)
    steps.node("/config/topics/orders")
    steps.described(TOPIC, "orders", ["retention.ms", "cleanup.policy", "segment.bytes"])
    steps.replace(TOPIC, "orders", {"flush.ms": "77"})
    steps.node("/config/topics/orders")
    steps.change(BROKER, "", [("log.retention.ms", SET, "2000"), ("custom.key", SET, "own")], validate_only=False)
    steps.node("/config/brokers/<default>")
    steps.change(BROKER, "1", [("log.cleanup.policy", APPEND, "compact"), ("message.max.bytes", SET, "3000")], validate_only=False)
    steps.node("/config/brokers/1")
    wait_until(lambda: config_wire.describe(steps.port, BROKER, "1", ["message.max.bytes"])[2]["message.max.bytes"][0] == "3000",
               "effect of a change")
    steps.described(BROKER, "")
    keys = ["log.retention.ms", "log.cleanup.policy", "message.max.bytes", "log.retention.hours", "custom.key"]
    steps.described(BROKER, "1", keys)
    steps.described(TOPIC, "orders", ["retention.ms", "cleanup.policy", "max.message.bytes"])
    steps.replace(BROKER, "1", {"log.flush.interval.ms": "5000"})
    steps.node("/config/brokers/1")
    steps.replace(BROKER, "1", {})
    steps.replace(BROKER, "", {})
    steps.node("/config/brokers/1")
    steps.notifications()


def listener_whose_port_is_taken(steps):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        changes = [("listeners", SET, f"PLAINTEXT://127.0.0.1:{steps.port},ADDED://127.0.0.1:{port}"),
                   ("listener.security.protocol.map", SET, "PLAINTEXT:PLAINTEXT,ADDED:PLAINTEXT")]
        told = len(steps.lines)
        steps.change(BROKER, "1", changes)
        steps.change(BROKER, "1", changes, validate_only=False)
        wait_until(lambda: "in use" in steps.broker.log(), "the reason in the log")
        steps.node("/config/brokers/1")
        # Not what is registered: a JVM broker advertises what it could not bind, and we do not.
        steps.described(BROKER, "1", ["listeners"])
        steps.lines[told:] = [line.replace(str(port), "TAKEN") for line in steps.lines[told:]]
    steps.replace(BROKER, "1", {})
    steps.node("/config/brokers/1")


def quotas_and_users(steps):
    user, client, ip = ("user", "al ice"), ("client-id", "c/1"), ("ip", "127.0.0.1")
    for entity in [[user], [client], [user, client], [("user", None)], [("client-id", None)], [("user", None), client],
                   [user, ("client-id", None)]]:
        steps.alter_quotas(entity, [("producer_byte_rate", 1024.0), ("request_percentage", 12.5)])
    steps.alter_quotas([ip], [("connection_creation_rate", 5000.0)])
    steps.alter_quotas([("ip", None)], [("connection_creation_rate", 7000.0)])
    steps.alter_quotas([ip], [("connection_creation_rate", 6000.0)], validate_only=True)
    for entity, changes in [
            ([], []), ([("planet", "x")], []), ([("user", "")], []), ([user, ip], []), ([ip, ("client-id", None)], []),
            ([("ip", "no such host")], [("connection_creation_rate", 1.0)]), ([("ip", "::1")], []),
            ([user], [("producer_byte_rate", 1.5)]), ([user], [("no_such_rate", 1.0)]), ([user], [("SCRAM-SHA-256", 1.0)]),
            ([ip], [("connection_creation_rate", -1.0)]), ([ip], [("producer_byte_rate", 1.0)]), ([client], [("absent", None)]),
            ([user], [("consumer_byte_rate", 1e30), ("controller_mutation_rate", 1e9)])]:
        steps.alter_quotas(entity, changes)
    for path in ["users/al%20ice", "clients/c%2F1", "users/al%20ice/clients/c%2F1", "users/<default>", "clients/<default>",
                 "users/<default>/clients/c%2F1", "ips/127.0.0.1", "ips/<default>"]:
        steps.node(f"/config/{path}")
    for strict in [False, True]:
        for components in [[], [("user", 2, None)], [("user", 0, "al ice")], [("user", 1, None)], [("client-id", 0, "c/1")],
                           [("client-id", 2, None)], [("user", 0, "al ice"), ("client-id", 0, "c/1")],
                           [("user", 2, None), ("client-id", 1, None)], [("user", 1, None), ("client-id", 2, None)],
                           [("ip", 2, None)], [("ip", 0, "127.0.0.1")], [("ip", 1, None)], [("ip", 0, "10.0.0.1")],
                           [("user", 2, None), ("ip", 2, None)], [("user", 2, None), ("user", 1, None)],
                           [("", 2, None)], [("planet", 2, None)], [("user", 7, None)]]:
            steps.quotas(components, strict)
    steps.scram([], [("al ice", 1, 4096, b"salt", b"salted"), ("al ice", 2, 8192, b"salt", b"salted"), ("bob", 1, 16384, b"s", b"t")])
    steps.node("/config/users/al%20ice")
    steps.users([])
    steps.users(["bob", "al ice", "nobody", ""])
    steps.users(["bob", "bob"])
    steps.scram([("bob", 2)], [])
    steps.scram([("bob", 1)], [("al ice", 1, 1, b"s", b"t"), ("", 1, 4096, b"s", b"t"), ("x", 7, 4096, b"s", b"t"),
                               ("y", 1, 99999, b"s", b"t"), ("z", 1, 4096, b"s", b"t"), ("z", 1, 4097, b"s", b"t")])
    steps.users([])
    for entity in [[user, client], [user, ("client-id", None)], [ip]]:
        steps.alter_quotas(entity, [("producer_byte_rate", None), ("request_percentage", None), ("connection_creation_rate", None)])
    for path in ["users/al%20ice", "users/al%20ice/clients", "ips/127.0.0.1", "users/bob"]:
        steps.node(f"/config/{path}")
    steps.notifications()


class DynamicConfigApiTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tables = {}
        cls.theirs, cls.ours = cls.run_steps("3.9"), cls.run_steps(None)

    @classmethod
    def run_steps(cls, release):
        """{part: lines}"""
        told = {}
        with peers.ChangingCluster(1, release=release, **SECRET) as cluster:
            make_topic(cluster, "orders")
            steps = Steps(cluster)

            def part(name, run, *arguments):
                steps.lines = told[name] = []
                return run(*arguments)

            broker = part("broker described", steps.described, BROKER, "1")
            topic = part("topic described", steps.described, TOPIC, "orders")
            if release:
                cls.tables = {"broker": broker, "topic": topic}
            part("wrong values of brokers", wrong_values, steps, cls.tables["broker"])
            part("wrong values of topics", wrong_topic_values, steps, cls.tables["topic"])
            part("odd requests", odd_requests, steps)
            part("unreadable nodes", unreadable_nodes, steps)
            part("changes", changes_that_count, steps)
            part("quotas and users", quotas_and_users, steps)
            part("port taken", listener_whose_port_is_taken, steps)
        return told

    def compare(self, part):
        theirs, ours = self.theirs[part], self.ours[part]
        wrong = [line for line in difflib.unified_diff(theirs, ours, "JVM", "ours", n=0, lineterm="") if line[0] in "-+"]
        self.assertFalse(wrong, "\n".join(wrong))

    def test_describes_the_same_of_a_broker(self):
        self.compare("broker described")

    def test_describes_the_same_of_a_topic(self):
        self.compare("topic described")

    def test_refuses_the_same_values_of_brokers(self):
        self.compare("wrong values of brokers")

    def test_refuses_the_same_values_of_topics(self):
        self.compare("wrong values of topics")

    def test_refuses_the_same_requests(self):
        self.compare("odd requests")

    def test_makes_the_same_of_nodes_that_cannot_be_read(self):
        self.compare("unreadable nodes")

    def test_changes_the_same(self):
        self.compare("changes")

    def test_keeps_the_same_quotas_and_users(self):
        self.compare("quotas and users")

    def test_says_the_same_of_a_port_that_is_taken(self):
        self.compare("port taken")


class StoresTest(unittest.TestCase):
    """Key stores that cannot take the place of the one that is served; the reason has words of each broker's own."""
    KEY = "listener.name.ssl.ssl.keystore.location"

    def answers(self, release):
        with peers.ChangingCluster(1, release=release, ssl=True) as cluster:
            port, certificates = cluster.brokers[0].port, cluster.certificates
            with open(os.path.join(certificates, "junk.pem"), "w") as junk:
                junk.write("nothing")
            told = []
            for name, key, value in [
                    ("1", self.KEY, "missing.pem"), ("1", self.KEY, "junk.pem"), ("1", self.KEY, "client.pem"), ("1", self.KEY, "broker.pem"),
                    ("", self.KEY, "broker.pem"), ("1", "ssl.keystore.location", "broker.pem"),
                    ("1", "listener.name.ssl.ssl.truststore.location", "missing.pem")]:
                for validate_only in (True, False):
                    changes = [(BROKER, name, [(key, SET, os.path.join(certificates, value))])]
                    for code, message, *_ in config_wire.change(port, changes, validate_only):
                        if message and "ConfigException: " in message:
                            first, reason = message.split("ConfigException: ", 1)
                            message = first + reason[reason.index(" for configuration"):]
                            self.assertRegex(reason, value if value != "client.pem" else "CN=client", release)
                        told.append((name, key, value, validate_only, code, message))
                stored = cluster.data("/config/brokers/1") if cluster.zk().exists("/config/brokers/1") else b""
                told.append(stored.decode().replace(certificates, "DIR"))
            return told

    def test_refuses_the_same(self):
        theirs, ours = self.answers("3.9"), self.answers(None)
        self.assertEqual(theirs, ours)


if __name__ == "__main__":
    unittest.main(verbosity=2)
