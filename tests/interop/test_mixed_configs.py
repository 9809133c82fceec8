"""Settings where brokers of both kinds live: whoever changes them, all follow; a password that one enciphered the other opens."""
import json
import os
import subprocess
import unittest

import config_wire
import peers
import settings
import wire
from cluster import BINARIES, DEADLINE_S, ROOT, wait_until
from config_wire import BROKER, DELETE, SET, TOPIC
from load import create_topic
from settings import der_of, new_certificates, served
from shared_cluster import EndsItsCluster

LIMITED = "2000"
MESSAGE_TOO_LARGE = 10
RATE = "leader.replication.throttled.rate"


def our_configs(*arguments):
    subprocess.run([os.path.join(ROOT, "scripts/kafka-configs.sh"), *arguments], check=True, capture_output=True, timeout=DEADLINE_S,
                   env={**os.environ, "ODRADEK_BINARIES": BINARIES})


def told(broker, kind, name, *changes):
    """Has a broker alter settings: (key, value), without a value when it is to go."""
    operations = [(key, DELETE if value is None else SET, value) for key, value in changes]
    for code, message, *_ in config_wire.change(broker.port, [(kind, name, operations)]):
        if code != 0:
            raise AssertionError(f"broker {broker.id} refused {changes}: {code} {message}")


class FollowingTest(EndsItsCluster, unittest.TestCase):
    """Broker 1 is ours, 2 is a 3.9, 3 is a 2.8; each leads a partition of one topic."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = peers.ChangingCluster(3, inter_broker_protocol_version="2.8")
        cls.cluster.brokers[1].release, cls.cluster.brokers[2].release = "3.9", "2.8"
        cls.cluster.__enter__()
        cls.zookeeper = ["--zookeeper", f"127.0.0.1:{cls.cluster.zookeeper.port}/kafka"]
        cls.old_tools = cls.enterClassContext(peers.ToolRunner("2.8"))
        create_topic(cls.cluster.bootstrap, "t", [[1], [2], [3]])

    def refusing(self):
        """The brokers for which a batch is too large; nothing while one of them answers otherwise."""
        large = wire.batch([b"x" * 5000])
        errors = {broker.id: settings.produce_error(broker.port, "t", large, 1, broker.id - 1) for broker in self.cluster.brokers}
        if not set(errors.values()) <= {0, MESSAGE_TOO_LARGE}:
            return None
        return [broker for broker, error in errors.items() if error]

    def wait_refusing(self, brokers, why):
        wait_until(lambda: self.refusing() == brokers, lambda: f"refusal by {brokers} after {why}; by {self.refusing()}")

    def old_configs(self, *arguments):
        done = self.old_tools("kafka-configs.sh", *self.zookeeper, *arguments)
        self.assertEqual(0, done.code, (arguments, done.out, done.err))

    def by_tool(self, run):
        def alter(value):
            operation = ["--delete-config", "max.message.bytes"] if value is None else ["--add-config", f"max.message.bytes={value}"]
            run("--alter", "--entity-type", "topics", "--entity-name", "t", *operation)
        return alter

    def by_old_note(self, value):
        settings.store(self.cluster, "topics/t", {} if value is None else {"max.message.bytes": value})
        settings.note(self.cluster, b'{"version":1,"entity_type":"topics","entity_name":"t"}')

    def test_all_follow_whoever_changes_a_topic(self):
        ways = {f"broker {broker.id}": lambda value, broker=broker: told(broker, TOPIC, "t", ("max.message.bytes", value))
                for broker in self.cluster.brokers}
        ways["2.8's tool"] = self.by_tool(self.old_configs)
        ways["our tool"] = self.by_tool(lambda *arguments: our_configs(*self.zookeeper, *arguments))
        ways["a note of version 1"] = self.by_old_note
        names = list(ways)
        for i, name in enumerate(names):
            ways[name](LIMITED)
            self.wait_refusing([1, 2, 3], f"a change by {name}")
            remover = names[(i + 1) % len(names)]  # what one has set, another removes
            ways[remover](None)
            self.wait_refusing([], f"a removal by {remover}")

    def test_a_broker_s_own_settings_are_its_own(self):
        for broker in self.cluster.brokers:
            told(broker, BROKER, str(broker.id), ("message.max.bytes", LIMITED))
            self.wait_refusing([broker.id], "its own setting")
            told(broker, BROKER, str(broker.id), ("message.max.bytes", None))
            self.wait_refusing([], "the removal of its own setting")

    def test_all_follow_the_defaults_of_the_cluster_but_who_has_its_own(self):
        for broker in self.cluster.brokers:
            other = self.cluster.broker(broker.id % 3 + 1)
            told(broker, BROKER, "", ("message.max.bytes", LIMITED))
            self.wait_refusing([1, 2, 3], f"a default given by broker {broker.id}")
            told(other, BROKER, str(other.id), ("message.max.bytes", "100000"))
            self.wait_refusing([each for each in (1, 2, 3) if each != other.id], f"broker {other.id}'s own setting")
            told(other, BROKER, "", ("message.max.bytes", None))
            told(other, BROKER, str(other.id), ("message.max.bytes", None))
            self.wait_refusing([], "the removal of both")

    def test_tools_without_a_broker_set_the_rates_of_running_ones(self):
        def rate(broker):
            return config_wire.describe(broker.port, BROKER, str(broker.id))[2].get(RATE, (None,))[0]
        runners = {"2.8's": self.old_configs, "ours": lambda *arguments: our_configs(*self.zookeeper, *arguments)}
        for number, (name, run) in enumerate(runners.items()):
            for broker in self.cluster.brokers:
                entity = ["--alter", "--entity-type", "brokers", "--entity-name", str(broker.id)]
                value = str(1000 + 10 * broker.id + number)
                run(*entity, "--add-config", f"{RATE}={value}")
                wait_until(lambda: rate(broker) == value, f"a rate of broker {broker.id} set by {name}")
                run(*entity, "--delete-config", RATE)
                wait_until(lambda: rate(broker) in (None, "9223372036854775807"), f"its removal by {name}")


class PasswordsTest(unittest.TestCase):
    """One broker, ours and the JVM's in turn, whose listener's key store has a password that stands enciphered in ZooKeeper."""
    PREFIX = "listener.name.ssl.ssl.keystore."
    OTHER = "listener.name.other.ssl.keystore.password"  # of no listener: nobody needs it to start

    def cluster_with(self, brokers=1, **more):
        cluster = self.enterContext(peers.ChangingCluster(brokers, ssl=True, password_encoder_secret="first secret", **more))
        self.cluster, self.broker = cluster, cluster.brokers[0]
        self.served_by = {}
        self.broker_is("the one of server.properties")

    def store_of(self, name):
        """Another key store, with a password of its own: its settings."""
        folder = new_certificates(self.cluster, name, f"password of {name}")
        self.served_by[name] = der_of(folder)
        return [(self.PREFIX + "type", "PKCS12"), (self.PREFIX + "location", os.path.join(folder, "broker.p12")),
                (self.PREFIX + "password", f"password of {name}")]

    def broker_is(self, name):
        self.served_by.setdefault(name, der_of(self.cluster.certificates))
        wait_until(lambda: served(self.broker.ssl_port) == self.served_by[name], f"the certificate {name}")

    def alter(self, name):
        told(self.broker, BROKER, "1", *self.store_of(name))
        self.broker_is(name)

    def alter_while_down(self, run, name):
        given = [f"{key}={value}" for key, value in self.store_of(name)]
        encoder = [f"{key}={value}" for key, value in self.broker.settings.items() if key in ("password.encoder.secret",
                                                                                           "password.encoder.cipher.algorithm")]
        run("--zookeeper", f"127.0.0.1:{self.cluster.zookeeper.port}/kafka", "--alter", "--entity-type", "brokers", "--entity-name", "1",
            "--add-config", ",".join(given + encoder))
        self.assertNotIn("password of", self.cluster.data("/config/brokers/1").decode())

    def restart_as(self, release, **more):
        self.broker.stop()
        self.broker.settings.update(settings.with_dots(more))
        self.broker.start_as(release)

    def refusals(self, name):
        """The errors for key stores that do not fit; the one in use stays."""
        folder = os.path.join(self.cluster.directory, name)
        fine = {self.PREFIX + "type": "PKCS12", self.PREFIX + "location": f"{folder}/broker.p12", self.PREFIX + "password": f"password of {name}"}
        found = []
        for key, value in (("location", "/no/such.p12"), ("location", f"{folder}/client.p12"), ("password", "wrong"), ("type", "PEM")):
            changes = [(key, SET, value) for key, value in {**fine, self.PREFIX + key: value}.items()]
            [(code, message, *_)] = config_wire.change(self.broker.port, [(BROKER, "1", changes)])
            self.assertNotEqual((0, None), (code, message), (key, value))
            found.append((key, code))
            self.broker_is(name)
        return found

    def passwords(self):
        return {key: value for key, value in json.loads(self.cluster.data("/config/brokers/1"))["config"].items() if key.endswith("password")}

    def check_to_and_fro(self, **more):
        self.cluster_with(release="3.9", **more)
        self.alter("a")
        theirs = self.refusals("a")
        self.restart_as(None)
        self.broker_is("a")
        self.assertEqual(theirs, self.refusals("a"))
        self.alter("b")
        self.broker.stop()
        self.alter_while_down(lambda *arguments: peers.tool("2.8", "kafka-configs.sh", *arguments), "c")
        self.broker.start()
        self.broker_is("c")
        self.broker.stop()
        self.alter_while_down(our_configs, "d")
        self.broker.start_as("2.8")
        self.broker_is("d")
        self.alter("e")
        self.restart_as(None)
        self.broker_is("e")

    def test_each_opens_what_the_other_enciphered(self):
        self.check_to_and_fro()

    def test_with_the_other_cipher_too(self):
        self.check_to_and_fro(password_encoder_cipher_algorithm="AES/GCM/NoPadding")

    def test_another_secret_takes_the_old_one_s_place(self):
        self.cluster_with(brokers=2)  # the JVM's writes nothing, and does not start, while there is no controller
        self.alter("a")
        told(self.broker, BROKER, "1", (self.OTHER, "unused"))
        secrets = ["first secret", "second", "third"]
        for old, new, rotator, reader in zip(secrets, secrets[1:], (None, "3.9"), ("3.9", None)):
            before = self.passwords()
            self.restart_as(rotator, password_encoder_secret=new, password_encoder_old_secret=old)
            self.broker_is("a")
            wait_until(lambda: all(self.passwords()[key] != value for key, value in before.items()), f"values enciphered with {new}")
            del self.broker.settings["password.encoder.old.secret"]
            self.restart_as(reader)
            self.broker_is("a")
            self.assertNotIn("could not be decoded", self.broker.log_of_this_run())

    def test_what_neither_secret_opens_is_left_out_and_stays_in_zookeeper(self):
        self.cluster_with(brokers=2)
        told(self.broker, BROKER, "1", (self.OTHER, "unused"))
        before = self.passwords()
        for release in ("3.9", None):
            self.restart_as(release, password_encoder_secret="lost", password_encoder_old_secret="wrong")
            self.broker_is("the one of server.properties")
            self.assertIn(f"Dynamic password config {self.OTHER} could not be decoded", self.broker.log_of_this_run())
            self.assertEqual(before, self.passwords())
        self.restart_as(None, password_encoder_secret="lost", password_encoder_old_secret="first secret")
        self.assertNotIn("could not be decoded", self.broker.log_of_this_run())
        wait_until(lambda: self.passwords() != before, "the value enciphered with the present secret")

    def test_a_listener_whose_password_cannot_be_opened_keeps_the_broker_from_starting(self):
        self.cluster_with()
        self.alter("a")
        before = self.passwords()
        for release in ("3.9", None):
            self.broker.stop()
            self.broker.settings.update({"password.encoder.secret": "lost"})
            self.broker.release = release
            self.broker.launch()
            self.assertEqual(1, self.broker.wait_exit(), release)
            self.assertIn("keystore.password could not be decoded", self.broker.log_of_this_run())
            self.assertEqual(before, self.passwords())
            self.broker.settings["password.encoder.secret"] = "first secret"
            self.broker.start_as(None)
            self.broker_is("a")


if __name__ == "__main__":
    unittest.main(verbosity=2)
