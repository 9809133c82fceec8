"""Our tools of configs, offsets, versions, features and znodes beside the JVM's of the same names, on one JVM broker."""
import base64
import hashlib
import hmac
import json
import os
import re
import subprocess
import tempfile
import unittest

import peers
from cluster import BINARIES, DEADLINE_S, ROOT, Cluster, kcat, wait_until
from peers import Done, ToolRunner


def ours(name, *arguments, data=None):
    """Runs our tool of this name to its end."""
    given = {"stdin": subprocess.DEVNULL} if data is None else {"input": data}
    done = subprocess.run([os.path.join(ROOT, "scripts", name), *map(str, arguments)], **given, capture_output=True, text=True,
                          timeout=DEADLINE_S, env={**os.environ, "ODRADEK_BINARIES": BINARIES})
    return Done(done.returncode, done.stdout, done.stderr)


def lines(text):
    return sorted(text.splitlines())


def told(text):
    """The first line of standard error without what only ours adds."""
    first = text.splitlines()[0] if text else ""
    return re.sub(r"; did you mean .*\?$", "", first)


class ToolTest(unittest.TestCase):
    """One JVM broker for all, and one JVM for the tools of each release: see setUpModule."""

    def same(self, theirs, name, *arguments):
        """Both print the same lines, in any order, begin standard error alike and end alike; what ours said."""
        their, our = theirs(name, *arguments), ours(name, *arguments)
        words = (name, *arguments)
        self.assertEqual((their.code, lines(their.out)), (our.code, lines(our.out)), (words, their.err, our.err))
        self.assertEqual(told(their.err), told(our.err), words)
        return our

    def done(self, name, *arguments):
        """Standard output of our tool, which succeeds."""
        done = ours(name, *arguments)
        self.assertEqual(0, done.code, (arguments, done.err))
        return done.out


class ConfigsByBrokersTest(ToolTest):
    def describe(self, *arguments):
        return self.same(self.new, "kafka-configs.sh", *self.brokers, "--describe", *arguments).out

    def alter(self, *arguments):
        return self.done("kafka-configs.sh", *self.brokers, "--alter", *arguments)

    def refused(self, *arguments):
        our = self.same(self.new, "kafka-configs.sh", *self.brokers, *arguments)
        self.assertEqual(1, our.code, arguments)
        return our.err

    def test_topics(self):
        self.new("kafka-topics.sh", *self.brokers, "--create", "--topic", "set")
        self.assertEqual("Completed updating config for topic set.\n", self.alter(
            "--topic", "set", "--add-config", "retention.ms=1000,cleanup.policy=[compact,delete]"))
        text = self.describe("--topic", "set")
        self.assertIn("  cleanup.policy=compact,delete sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:cleanup.policy=compact,delete", text)
        for more in (["--entity-type", "topics"], ["--topic", "set", "--all"]):
            self.describe(*more)
        document = json.loads(self.done("kafka-configs.sh", *self.brokers, "--describe", "--topic", "set", "--json"))
        configs = {config["name"]: config["value"] for config in document["entities"][0]["configs"]}
        self.assertEqual({"retention.ms": "1000", "cleanup.policy": "compact,delete"}, configs)
        self.assertIn("did you mean retention.ms?", self.refused("--alter", "--topic", "set", "--delete-config", "retention.m"))
        self.assertIn("did you mean retention.ms?", self.refused("--alter", "--topic", "set", "--add-config", "retentoin.ms=1"))
        self.refused("--alter", "--topic", "nope", "--add-config", "retention.ms=1")
        self.refused("--alter", "--topic", "set", "--add-config", "retention.ms=x")
        self.alter("--topic", "set", "--delete-config", "retention.ms", "--add-config", "segment.ms=2000")
        self.assertNotIn("retention.ms=", self.describe("--topic", "set"))

    def test_brokers_and_loggers(self):
        self.alter("--broker", "1", "--add-config", "log.cleaner.threads=2")
        wait_until(lambda: "=2 " in self.done("kafka-configs.sh", *self.brokers, "--describe", "--broker", "1"), "the broker's new config")
        self.alter("--broker-defaults", "--add-config", "log.cleaner.io.buffer.size=700000")
        for which in (["--broker", "1"], ["--entity-type", "brokers"], ["--broker-defaults"], ["--broker", "1", "--all"]):
            self.describe(*which)
        self.assertIn("log.cleaner.threads=2 ", self.describe("--broker", "1"))
        self.refused("--alter", "--broker", "1", "--add-config", "log.dirs=x")
        self.refused("--alter", "--broker", "1", "--add-config", "log.cleaner.threads=x")
        self.alter("--broker", "1", "--delete-config", "log.cleaner.threads")
        self.assertNotIn("log.cleaner.threads", self.describe("--broker", "1"))
        mistyped = ours("kafka-configs.sh", *self.brokers, "--alter", "--broker", "1", "--add-config", "num.io.thread=4")
        self.assertIn("did you mean num.io.threads?", mistyped.err)
        self.assertEqual(1, ours("kafka-configs.sh", *self.brokers, "--describe", "--broker", "9").code)
        self.alter("--broker-logger", "1", "--add-config", "kafka.server.KafkaServer=DEBUG")
        self.assertIn("kafka.server.KafkaServer=DEBUG", self.describe("--broker-logger", "1"))
        self.refused("--alter", "--broker-logger", "1", "--add-config", "kafka.server.KafkaServe=DEBUG")

    def test_quotas(self):
        changes = [["--user", "q", "--add-config", "producer_byte_rate=1024,request_percentage=12.5,consumer_byte_rate=100000000"],
                   ["--user", "q", "--client", "c1", "--add-config", "producer_byte_rate=99"],
                   ["--user-defaults", "--client-defaults", "--add-config", "producer_byte_rate=97"],
                   ["--entity-type", "users", "--entity-default", "--entity-type", "clients", "--entity-name", "c2",
                    "--add-config", "producer_byte_rate=98"],
                   ["--client", "c 3", "--add-config", "controller_mutation_rate=3"],
                   ["--ip", "127.0.0.1", "--add-config", "connection_creation_rate=5"]]
        for change in changes:
            self.alter(*change)
        for which in (["--user", "q"], ["--entity-type", "clients"], ["--entity-type", "ips"], ["--entity-type", "users", "--entity-type", "clients"],
                      ["--user-defaults", "--client-defaults"], ["--user", "q", "--client", "c1"], ["--user", "nobody"]):
            self.describe(*which)
        self.assertIn("Quota configs for user-principal 'q' are consumer_byte_rate=1.0E8, ", self.describe("--user", "q"))
        self.alter("--client", "c 3", "--delete-config", "controller_mutation_rate")
        self.assertEqual("", self.describe("--client", "c 3"))
        self.refused("--alter", "--user", "q", "--add-config", "producer_byte_rat=1")
        self.refused("--alter", "--user", "q", "--add-config", "producer_byte_rate=x")
        self.refused("--alter", "--user", "q", "--add-config", "producer_byte_rate=-1")
        self.refused("--alter", "--ip", "127.0.0.1", "--add-config", "connection_rate=5")

    def test_credentials(self):
        self.alter("--user", "alice", "--add-config", "SCRAM-SHA-256=[iterations=8192,password=alice-secret],SCRAM-SHA-512=[password=x]")
        self.assertIn("SCRAM-SHA-256=iterations=8192, SCRAM-SHA-512=iterations=4096", self.describe("--user", "alice"))
        check_credential(self, self.cluster, "alice", "alice-secret", 8192)
        self.alter("--user", "alice", "--delete-config", "SCRAM-SHA-512")
        self.assertNotIn("SHA-512", self.describe("--entity-type", "users"))
        self.refused("--alter", "--user", "bob", "--delete-config", "SCRAM-SHA-256")
        self.refused("--alter", "--user", "alice", "--add-config", "SCRAM-SHA-256=[iterations=10,password=x]")

    def test_usage(self):
        for wrong in (["--describe"], ["--topic", "x"], ["--alter", "--topic", "x"], ["--describe", "--topic", "a", "--user", "b"],
                      ["--describe", "--topic", "a", "--add-config", "x"], ["--alter", "--topic", "set", "--add-config", "a"],
                      ["--describe", "--broker", "x"], ["--describe", "--entity-type", "foos"], ["--describe", "--entity-type", "broker-loggers"],
                      ["--describ", "--topic", "x"]):
            self.refused(*wrong)


def check_credential(test, cluster, user, password, iterations):
    """What a SCRAM client would prove itself by, from what stands in ZooKeeper."""
    stored = json.loads(cluster.data(f"/config/users/{user}"))["config"]["SCRAM-SHA-256"]
    fields = dict(field.split("=", 1) for field in stored.split(","))
    test.assertEqual(str(iterations), fields["iterations"])
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(fields["salt"]), iterations)
    client_key = hmac.new(salted, b"Client Key", "sha256").digest()
    test.assertEqual(hashlib.sha256(client_key).digest(), base64.b64decode(fields["stored_key"]))
    test.assertEqual(hmac.new(salted, b"Server Key", "sha256").digest(), base64.b64decode(fields["server_key"]))


class ConfigsByZookeeperTest(ToolTest):
    """--zookeeper does what 2.8's tool did; 3.9's does less."""

    def both(self, *arguments):
        return self.same(self.old, "kafka-configs.sh", "--zookeeper", self.zookeeper, *arguments)

    def test_credentials_and_brokers_before_they_start(self):
        self.both("--alter", "--user", "zed", "--add-config", "SCRAM-SHA-256=[iterations=8192,password=zed-secret]")
        check_credential(self, self.cluster, "zed", "zed-secret", 8192)
        self.assertIn("SCRAM-SHA-256=iterations=8192", self.new("kafka-configs.sh", *self.brokers, "--describe", "--user", "zed").out)
        self.both("--alter", "--user", "zed", "--add-config", "SCRAM-SHA-256=bad")
        self.both("--alter", "--broker", "7", "--add-config", "log.cleaner.threads=2")
        for wrong in ("log.cleaner.threads=abc", "log.dirs=abc", "ssl.keystore.location=abc", "listener.name.ssl.ssl.key.password=abc"):
            self.assertEqual(1, self.both("--alter", "--broker", "7", "--add-config", wrong).code, wrong)
        self.assertIn("log.cleaner.threads=2", self.both("--describe", "--broker", "7").out)
        running = ours("kafka-configs.sh", "--zookeeper", self.zookeeper, "--alter", "--broker", "1", "--add-config", "log.cleaner.threads=2")
        self.assertEqual(1, running.code)
        self.assertIn("broker 1 is running", running.err)
        self.both("--alter", "--broker", "1", "--add-config", "leader.replication.throttled.rate=1000")
        self.done("kafka-configs.sh", "--zookeeper", self.zookeeper, "--alter", "--broker", "8", "--add-config",
                  "listener.name.ssl.ssl.key.password=key-secret,password.encoder.secret=encoder-secret")
        stored = json.loads(self.cluster.data("/config/brokers/8"))["config"]
        self.assertEqual(["listener.name.ssl.ssl.key.password"], list(stored))
        self.assertRegex(stored["listener.name.ssl.ssl.key.password"], "keyFactoryAlgorithm:PBKDF2WithHmacSHA512.*passwordLength:10")

    def test_topics_and_quotas(self):
        self.new("kafka-topics.sh", *self.brokers, "--create", "--topic", "old")
        self.both("--alter", "--topic", "old", "--add-config", "retention.ms=999")
        self.both("--alter", "--topic", "old", "--add-config", "retention.ms=x")
        self.both("--alter", "--topic", "old", "--add-config", "retentio.ms=1")
        self.both("--alter", "--client", "c 4", "--add-config", "producer_byte_rate=33")
        self.both("--alter", "--client", "c 4", "--add-config", "producer_byte_rate=x")
        self.both("--alter", "--user", "zoe", "--client", "c1", "--add-config", "request_percentage=3.5")
        self.both("--alter", "--client", "c1", "--user-defaults", "--add-config", "request_percentage=3.5")
        self.both("--alter", "--ip", "127.0.0.1", "--add-config", "connection_creation_rate=9")
        for which in (["--topic", "old"], ["--client", "c 4"], ["--entity-type", "ips"],
                      ["--entity-type", "users", "--entity-name", "zoe", "--entity-type", "clients"]):
            self.both("--describe", *which)
        topics = ["kafka-topics.sh", "--zookeeper", self.zookeeper]
        self.same(self.old, *topics, "--alter", "--topic", "old", "--config", "retention.ms=55", "--config", "cleanup.policy=compact")
        self.same(self.old, *topics, "--alter", "--topic", "old", "--delete-config", "cleanup.policy")
        self.assertIn("Configs: retention.ms=55", self.same(self.old, *topics, "--describe", "--topic", "old").out)


class ReadingToolsTest(ToolTest):
    """Also on a broker of ours, where these tools find what the JVM's find."""

    def check(self, theirs, brokers):
        same = lambda name, *arguments: self.same(theirs, name, *brokers, *arguments)  # noqa: E731
        self.assertIn("Produce(0): 0 to 11 [usable: 11],", same("kafka-broker-api-versions.sh").out)
        for arguments in ([], ["--topic", "many", "--time", "earliest"], ["--time", "max-timestamp"], ["--time", "-2"], ["--time", "1"],
                          ["--time", "earliest-local"], ["--topic", "m.*", "--partitions", "0,1,10"], ["--topic-partitions", "many:3-7,other"],
                          ["--topic-partitions", ":-2"], ["--topic-partitions", "many:5"], ["--exclude-internal-topics"]):
            same("kafka-get-offsets.sh", *arguments)
        for wrong in (["--topic", "nope"], ["--time", "nope"], ["--topic-partitions", "a:1", "--topic", "x"], ["--partitions", "a"]):
            self.assertEqual(1, same("kafka-get-offsets.sh", *wrong).code)
        identity = self.same(theirs, "kafka-cluster.sh", "cluster-id", *brokers).out
        self.assertRegex(identity, r"^Cluster ID: [\w-]{22}\n$")
        self.assertEqual(0, self.same(theirs, "kafka-cluster.sh", "unregister", *brokers, "--id", "3").code)
        self.assertEqual(1, ours("kafka-cluster.sh", *brokers, "unregister", "--id", "3", "--strict").code)
        self.assertRegex(ours("kafka-cluster.sh", "list-endpoints", *brokers).out, r"(?m)^1 +127\.0\.0\.1 +\d+ +null +unfenced +broker")
        self.assertEqual("", same("kafka-features.sh", "describe").out)

    def make_topics(self, brokers):
        self.done("kafka-topics.sh", *brokers, "--create", "--topic", "many", "--partitions", "12")
        self.done("kafka-topics.sh", *brokers, "--create", "--topic", "other", "--partitions", "1")
        for partition in (0, 1, 5, 11):
            kcat("-b", brokers[1], "-P", "-t", "many", "-p", str(partition), data=b"x\n" * (partition + 1))

    def test_the_same_as_the_jvms_on_its_broker(self):
        self.make_topics(self.brokers)
        self.check(self.new, self.brokers)
        for change in (["upgrade", "--feature", "foo=1"], ["upgrade"], ["downgrade", "--feature", "foo=1", "--dry-run"],
                       ["disable", "--feature", "foo"], ["upgrade", "--feature", "foo"]):
            self.same(self.new, "kafka-features.sh", *self.brokers, *change)
        for old in (["--describe"], ["--upgrade-all"], ["--downgrade-all"]):
            self.same(self.old, "kafka-features.sh", *self.brokers, *old)
        asked = ["--broker-list", self.cluster.bootstrap, "--topic", "many", "--partitions", "1,5"]
        self.assertEqual("many:1:2\nmany:5:6\n", ours("kafka-get-offsets.sh", *asked, "--offsets", "1").out)
        document = json.loads(self.done("kafka-get-offsets.sh", *asked, "--json"))
        self.assertEqual([("many", 1, 2), ("many", 5, 6)], [tuple(each.values()) for each in document["offsets"]])
        self.znodes()

    def test_the_same_as_the_jvms_on_ours(self):
        with Cluster(1) as cluster:
            brokers = ["--bootstrap-server", cluster.bootstrap]
            self.make_topics(brokers)
            self.check(self.new, brokers)
            self.done("kafka-configs.sh", *brokers, "--alter", "--topic", "many", "--add-config", "retention.ms=777")
            self.same(self.new, "kafka-configs.sh", *brokers, "--describe", "--topic", "many")
            self.credentials(cluster, brokers)
            self.failures(brokers)
            self.controllers(cluster)

    def credentials(self, cluster, brokers):
        """Each tool's are described and removed by the other's."""
        configs = ["kafka-configs.sh", *brokers]
        for user, alter, remove in (("ann", self.new, ours), ("ben", ours, self.new)):
            given = f"SCRAM-SHA-256=[iterations=8192,password={user}-secret],SCRAM-SHA-512=[password=x]"
            for done in (alter(*configs, "--alter", "--user", user, "--add-config", given),
                         alter(*configs, "--alter", "--user", user, "--add-config", "producer_byte_rate=1024")):
                self.assertEqual(0, done.code, done.err)
            check_credential(self, cluster, user, f"{user}-secret", 8192)
            self.assertIn("SCRAM-SHA-256=iterations=8192, SCRAM-SHA-512=iterations=4096",
                          self.same(self.new, *configs, "--describe", "--user", user).out)
            self.assertEqual(0, remove(*configs, "--alter", "--user", user, "--delete-config", "SCRAM-SHA-512").code)
            self.assertEqual(["SCRAM-SHA-256", "producer_byte_rate"], sorted(json.loads(cluster.data(f"/config/users/{user}"))["config"]))
            self.assertEqual(1, self.same(self.new, *configs, "--alter", "--user", user, "--delete-config", "SCRAM-SHA-512").code)
        self.same(self.new, *configs, "--alter", "--user", "ann", "--add-config", "SCRAM-SHA-256=[iterations=10,password=x]")

    def controllers(self, cluster):
        """Nobody finds controllers of KRaft at a broker, whoever asks for them."""
        asked = ["--bootstrap-controller", cluster.bootstrap]
        for name, *arguments in (["kafka-configs.sh", *asked, "--describe", "--entity-type", "brokers"],
                                 ["kafka-features.sh", *asked, "describe"], ["kafka-cluster.sh", "cluster-id", *asked]):
            for done in (self.new(name, *arguments), ours(name, *arguments)):
                self.assertEqual(1, done.code)
                self.assertIn("The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER",
                              done.err + done.out)

    def failures(self, brokers):
        """The JVM's tools end with 0 when a part has failed; so do ours, but with --strict."""
        with tempfile.NamedTemporaryFile("w", suffix=".json") as offsets:
            json.dump({"version": 1, "partitions": [{"topic": "many", "partition": 5, "offset": 99}]}, offsets)
            offsets.flush()
            for tool, *arguments in (["kafka-consumer-groups.sh", "--delete", "--group", "nobody"],
                                     ["kafka-delete-records.sh", "--offset-json-file", offsets.name]):
                self.assertEqual(0, self.new(tool, *brokers, *arguments).code)
                self.assertEqual([0, 1], [ours(tool, *brokers, *arguments, *strict).code for strict in ([], ["--strict"])])

    def znodes(self):
        commands = """ls /
            ls -s /brokers\n get /cluster/id\n create /shell one\n create /shell one\n create -s /shell/seq x\n create -e /shell/eph x
            create /shell/a/b x\n set -s /shell two\n set -v 7 /shell two\n get -s /shell\n stat /shell\n stat /nope\n get /nope\n ls -R /shell
            getAcl -s /shell\n delete /shell\n delete -v 9 /shell/eph\n delete /shell/eph\n deleteall /shell\n ls /shell\n ls\n ls nope
            ls /nope/\n ls -x /\n getAllChildrenNumber /config\n create /quoted "a b"\n get /quoted\n create /empty\n get /empty
            delete /quoted\n delete /empty\n set /nope x\n get '/cluster id'\n sync /\n sync /nope\n create /acl x\n setAcl /acl world:anyone:cdra
            getAcl /acl\n setAcl -v 7 /acl world:anyone:r\n setAcl -s -v 1 /acl world:anyone:cdrwa,ip:127.0.0.1:r\n getAcl /acl\n create /acl/below y
            setAcl -R /acl world:anyone:cda\n getAcl /acl/below\n get /acl\n setAcl /acl world:anyone:cdrwax\n setAcl /acl nonsense
            setAcl /acl nobody:x:r\n setAcl /nope world:anyone:r\n setAcl /acl\n sync\n deleteall /acl
            ls /consumers watch\n create /consumers/seen\n delete /consumers/seen\n get /nope"""
        data = "\n".join(line.strip() for line in commands.splitlines()) + "\n"
        done = peers.complete("tool", "3.9", "zookeeper-shell.sh", "-server", self.zookeeper, data=data.encode())
        our = ours("zookeeper-shell.sh", self.zookeeper, data=data)
        self.assertEqual((1, 1), (done.returncode, our.code), our.err)

        def steady(text):
            """Without what two runs cannot share: times, counters, and the JVM's word about its exit."""
            text = re.sub(r"0x[0-9a-f]{2,}|(?<=time = ).*|(?<=version = ).*|(?<=/seq)\d+", "X", text)
            return "\n".join(line for line in text.splitlines() if "ServiceUtils" not in line)
        self.assertEqual(steady(done.stdout.decode()), steady(our.out))
        self.assertEqual(steady(done.stderr.decode()), steady(our.err))
        single = ours("zookeeper-shell.sh", self.zookeeper, "get", "/nope")
        self.assertEqual((1, "Node does not exist: /nope\n"), (single.code, single.err))


def setUpModule():
    ToolTest.cluster = unittest.enterModuleContext(peers.ChangingCluster(1, "3.9", num_partitions=1))
    ToolTest.new = unittest.enterModuleContext(ToolRunner("3.9"))
    ToolTest.old = unittest.enterModuleContext(ToolRunner("2.8"))
    ToolTest.brokers = ["--bootstrap-server", ToolTest.cluster.bootstrap]
    ToolTest.zookeeper = f"127.0.0.1:{ToolTest.cluster.zookeeper.port}/kafka"


if __name__ == "__main__":
    unittest.main(verbosity=2)
