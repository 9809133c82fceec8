"""Settings that change while brokers run: each takes effect, disturbs nobody, and is not missed."""
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
import unittest

from confluent_kafka.admin import AdminClient, ConfigResource
from kafka.protocol.produce import ProduceRequest

import wire
from cluster import ROOT, Cluster, free_port, kcat, wait_until
from load import Load, create_topic

ALL = "<default>"


def store(cluster, entity, settings):
    """What kafka-configs leaves in ZooKeeper: the entity, then a note of it."""
    data = json.dumps({"version": 1, "config": settings}).encode()
    path = f"/config/{entity}"
    if cluster.zk().exists(path):
        cluster.zk().set(path, data)
    else:
        cluster.zk().create(path, data, makepath=True)


def note(cluster, payload):
    cluster.zk().create("/config/changes/config_change_", payload, sequence=True)


def change(cluster, entity, settings):
    store(cluster, entity, settings)
    note(cluster, json.dumps({"version": 2, "entity_path": entity}).encode())


def change_brokers(cluster, broker=ALL, **settings):
    change(cluster, f"brokers/{broker}", {key.replace("_", "."): str(value) for key, value in settings.items()})


def threads(broker, prefix):
    """How many threads of the process have a name that begins so (the kernel keeps 15 letters of it)."""
    count = 0
    for task in os.listdir(f"/proc/{broker.process.pid}/task"):
        try:
            with open(f"/proc/{broker.process.pid}/task/{task}/comm") as name:
                count += name.read().startswith(prefix)
        except OSError:
            pass  # it ended meanwhile
    return count


def described(bootstrap, broker_id):
    resource = ConfigResource(ConfigResource.Type.BROKER, str(broker_id))
    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})
    return admin.describe_configs([resource])[resource].result()


def produce_error(port, topic, records, acks=-1):
    with wire.Connection(port) as connection:
        return wire.produce(connection, topic, 0, records, acks)[0]


def answers(connection):
    wire.produce(connection, "probe", 0, wire.batch([b"x"]))
    return True


def is_served(port):
    """Whether a new connection there is answered; nothing while it waits to be accepted."""
    try:
        with wire.Connection(port, 1) as connection:
            return answers(connection)
    except OSError:
        return False


def certificate(port, context=None):
    """(the served certificate, the connection)."""
    context = context or ssl._create_unverified_context()
    connection = context.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=20))
    return connection.getpeercert(binary_form=True), connection


def new_certificate(cluster, name, **names):
    """Another key and certificate of the broker's subject and of the same CA, in a folder of its own."""
    folder = os.path.join(cluster.directory, name)
    os.makedirs(folder)
    for file in ("ca.pem", "ca.key", "password"):
        shutil.copy(os.path.join(cluster.certificates, file), folder)
    subprocess.run([os.path.join(ROOT, "scripts/certificates.sh"), folder, "127.0.0.1", "localhost"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return os.path.join(folder, "broker.pem")


class EffectsTest(unittest.TestCase):
    """One broker for all; a test per group of keys, and a table that leaves none out."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster(1, num_network_threads=2, background_threads=4)
        cls.cluster.__enter__()
        cls.broker = cls.cluster.brokers[0]
        create_topic(cls.cluster.bootstrap, "t", [[1]])
        create_topic(cls.cluster.bootstrap, "probe", [[1]])

    @classmethod
    def tearDownClass(cls):
        cls.cluster.__exit__(None, None, None)

    def tearDown(self):
        change_brokers(self.cluster)
        change_brokers(self.cluster, 1)
        wait_until(lambda: threads(self.broker, "io-") == 4, "settings as at the start")

    def wait_threads(self, prefix, count):
        wait_until(lambda: threads(self.broker, prefix) == count, f"{count} threads {prefix}*")

    def test_pools_of_threads(self):
        change_brokers(self.cluster, num_io_threads=7, background_threads=6, num_network_threads=4, log_cleaner_threads=2)
        for prefix, count in (("io-", 7), ("kafka-scheduler", 6), ("network-", 4), ("log-cleaner-", 2)):
            self.wait_threads(prefix, count)
        change_brokers(self.cluster, 1, **{"listener.name.plaintext.num.network.threads": 3})
        self.wait_threads("network-", 3)
        self.assertTrue(is_served(self.broker.port))

    def test_cleaner(self):
        change_brokers(self.cluster, log_cleaner_dedupe_buffer_size=4 << 20, log_cleaner_io_buffer_size=1 << 16,
                       log_cleaner_io_buffer_load_factor=0.5, log_cleaner_backoff_ms=20,
                       log_cleaner_io_max_bytes_per_second=1e8, log_cleaner_min_cleanable_ratio=0.01,
                       log_segment_bytes=1000)
        create_topic(self.cluster.bootstrap, "compacted", [[1]], cleanup_policy="compact")
        lines = "".join(f"key:{'v' * 100}{i}\n" for i in range(100)).encode()
        kcat("-b", self.cluster.bootstrap, "-P", "-t", "compacted", "-p", "0", "-K", ":", "-X", "batch.num.messages=1", data=lines)
        # log.cleaner.backoff.ms was 15 s.
        wait_until(lambda: "compacted-0: compacted up to offset" in self.broker.log(), "compaction", 10)

    def test_limits_of_connections(self):
        def refused():
            return not is_served(self.broker.port)
        for limit in ({"max_connections_per_ip": 0, "max_connections_per_ip_overrides": "127.0.0.9:5"},
                      {"max_connections_per_ip_overrides": "127.0.0.1:0"}):
            change_brokers(self.cluster, **limit)
            wait_until(refused, f"refusal by {limit}")
            change_brokers(self.cluster)
            wait_until(lambda: is_served(self.broker.port), "end of the limit")
        change_brokers(self.cluster, 1, **{"listener.name.plaintext.max.connections": 0})
        wait_until(refused, "refusal by the listener")

    def test_limits_of_a_listener_that_is_not_the_brokers(self):
        port = free_port()
        listeners = f"PLAINTEXT://127.0.0.1:{self.broker.port},OTHER://127.0.0.1:{port}"
        protocols = "PLAINTEXT:PLAINTEXT,OTHER:PLAINTEXT"
        both = {"listeners": listeners, "listener.security.protocol.map": protocols}
        change_brokers(self.cluster, 1, **both)
        wait_until(lambda: is_served(port), "another listener")
        for limit in ({"max.connections": 0}, {"max.connection.creation.rate": 1}):
            change_brokers(self.cluster, 1, **both, **limit)
            wait_until(lambda: not is_served(port), f"effect of {limit}")
            self.assertTrue(is_served(self.broker.port), "brokers may always come in")

    def test_defaults_of_topics(self):
        large = wire.batch([b"x" * 5000])
        change_brokers(self.cluster, message_max_bytes=2000)
        wait_until(lambda: produce_error(self.broker.port, "t", large) == 10, "MESSAGE_TOO_LARGE")
        change_brokers(self.cluster, log_cleanup_policy="compact")
        wait_until(lambda: produce_error(self.broker.port, "t", large) == 87, "INVALID_RECORD")
        change(self.cluster, "topics/t", {"cleanup.policy": "delete"})
        wait_until(lambda: produce_error(self.broker.port, "t", large) == 0, "the topic's own setting")
        change(self.cluster, "topics/t", {})
        change_brokers(self.cluster, log_message_timestamp_type="LogAppendTime")

        def stamped():
            with wire.Connection(self.broker.port) as connection:
                answer = connection.ask(ProduceRequest[5](None, -1, 10000, [("t", [(0, large)])]))
                return answer.topics[0][1][0][3] != -1
        wait_until(stamped, "time of the broker")

    def test_what_does_not_fit_together_changes_nothing_and_is_told_once(self):
        change_brokers(self.cluster, num_io_threads=5, log_cleaner_min_compaction_lag_ms=9, log_cleaner_max_compaction_lag_ms=8)
        wait_until(lambda: "could not be applied" in self.broker.log(), "the reason")
        self.assertEqual(4, threads(self.broker, "io-"))
        self.assertEqual(1, self.broker.log().count("log.cleaner.min.compaction.lag.ms (9)"))

    def test_what_has_no_effect_here_is_told(self):
        change_brokers(self.cluster, metric_reporters="com.example.Reporter", remote_fetch_max_wait_ms=7)
        for key in ("metric.reporters", "remote.fetch.max.wait.ms"):
            wait_until(lambda: f"Configuration {key} is set, but" in self.broker.log(), f"a word about {key}")

    def test_no_key_is_left_out(self):
        """Every key that may change at run time has a test, or says itself that it has no effect."""
        with open(__file__) as mine, \
                open(os.path.join(ROOT, "tests/server/broker/topic_settings_source_test.cc")) as topics:
            before, _, after = mine.read().partition("def test_no_key_is_left_out")
            others = after.partition("class NobodyNoticesTest")[2]
            tested = (before + others).replace("_", ".") + topics.read()
        tables = ""
        folder = os.path.join(ROOT, "server/config")
        for name in os.listdir(folder):
            if name.startswith("broker_keys_"):
                with open(os.path.join(folder, name)) as table:
                    tables += table.read()
        rows = {row.split('"')[0]: row for row in tables.split('{"')[1:]}
        dynamic = {key: row for key, row in rows.items() if "kPerBroker" in row or "kClusterWide" in row}
        self.assertEqual(89 + 3, len(dynamic))
        silent = [key for key, row in dynamic.items()
                  if key not in tested and "kNotBuilt" not in row and "kJavaOnly" not in row]
        # Of a listener that exists these are refused; one that is added has them from its start.
        of_new_listeners = {"ssl.cipher.suites", "ssl.client.auth", "ssl.enabled.protocols",
                            "ssl.endpoint.identification.algorithm"}
        # Seen by unit tests: ListenerTls' stores, Fetchers.resize(), LogManager, ReplicationThrottle, LogDirMover.
        by_unit = {"ssl.key.password", "ssl.keystore.certificate.chain", "ssl.keystore.key", "ssl.keystore.password",
                   "ssl.truststore.certificates", "ssl.truststore.password", "ssl.truststore.type", "ssl.keystore.type",
                   "ssl.truststore.location", "num.replica.fetchers", "num.recovery.threads.per.data.dir",
                   "producer.id.expiration.ms", "leader.replication.throttled.rate", "follower.replication.throttled.rate",
                   "replica.alter.log.dirs.io.max.bytes.per.second", "compression.gzip.level", "compression.lz4.level",
                   "compression.zstd.level"}
        self.assertEqual([], sorted(set(silent) - of_new_listeners - by_unit))


class NobodyNoticesTest(unittest.TestCase):
    def test_pools_listeners_and_stores_change_under_load(self):
        with Cluster(1, ssl=True) as cluster:
            broker = cluster.brokers[0]
            create_topic(cluster.bootstrap, "t", [[1]] * 4)
            create_topic(cluster.bootstrap, "probe", [[1]])
            first, old = certificate(broker.ssl_port)
            with wire.Connection(broker.port) as kept, Load(cluster.bootstrap, "t", 4) as load:
                answers(kept)
                load.wait_progress()
                self.resize_ten_times(cluster, broker)
                load.wait_progress()
                self.add_and_remove_a_listener(cluster, broker)
                load.wait_progress()
                self.swap_stores(cluster, broker, first)
                load.wait_progress()
                self.assertTrue(answers(kept), "the connection of before all changes is still the same")
                load.stop()
                load.check()
            old.send(wire.frame(wire.header(18, 0)))
            self.assertTrue(old.recv(4), "a TLS connection outlives its certificate")
            old.close()

    def resize_ten_times(self, cluster, broker):
        for turn in range(10):
            io, network, background = (7, 1, 12) if turn % 2 == 0 else (3, 4, 6)
            change_brokers(cluster, num_io_threads=io, num_network_threads=network, background_threads=background)
            wait_until(lambda: threads(broker, "io-") == io and threads(broker, "kafka-scheduler") == background and
                       threads(broker, "network-PLAIN") == network, f"pools of turn {turn}")

    def add_and_remove_a_listener(self, cluster, broker):
        port = free_port()
        base = f"PLAINTEXT://127.0.0.1:{broker.port},SSL://127.0.0.1:{broker.ssl_port}"
        settings = {"listeners": f"{base},ADDED://127.0.0.1:{port}",
                    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,SSL:SSL,ADDED:PLAINTEXT"}
        change_brokers(cluster, 1, **settings)
        wait_until(lambda: is_served(port), "the added listener")
        wait_until(lambda: f"ADDED://127.0.0.1:{port}" in
                   json.loads(cluster.data("/brokers/ids/1"))["endpoints"], "its registration")
        change_brokers(cluster, 1, **settings, **{"advertised.listeners": base})
        wait_until(lambda: len(json.loads(cluster.data("/brokers/ids/1"))["endpoints"]) == 2, "less advertised")
        self.assertTrue(is_served(port))
        change_brokers(cluster, 1)
        wait_until(lambda: not is_served(port), "its end")
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", port))
            taken.listen()
            change_brokers(cluster, 1, **settings)
            wait_until(lambda: "Address already in use" in broker.log(), "the reason in the log")
            self.assertNotIn("ADDED", cluster.data("/brokers/ids/1").decode())
        change_brokers(cluster, 1)

    def swap_stores(self, cluster, broker, first):
        other = new_certificate(cluster, "other")
        key = "listener.name.ssl.ssl.keystore.location"
        change_brokers(cluster, 1, **{key: "/no/such.pem"})
        wait_until(lambda: "/no/such.pem" in broker.log(), "the reason of the refusal")
        self.assertEqual(first, certificate(broker.ssl_port)[0])
        change_brokers(cluster, 1, **{key: other})
        wait_until(lambda: certificate(broker.ssl_port)[0] != first, "the new certificate")
        second = certificate(broker.ssl_port)[0]
        # The same name, another file.
        shutil.copy(new_certificate(cluster, "third"), other + ".new")
        os.rename(other + ".new", other)
        wait_until(lambda: certificate(broker.ssl_port)[0] != second, "the certificate that took its place on disk")


class ReplicasTest(unittest.TestCase):
    def test_fewer_in_sync_than_the_default_asks_for(self):
        with Cluster(2) as cluster:
            create_topic(cluster.bootstrap, "t", [[1, 2]])
            cluster.brokers[1].stop()
            wait_until(lambda: json.loads(cluster.data("/brokers/topics/t/partitions/0/state"))["isr"] == [1], "one replica in sync")
            self.assertEqual(0, produce_error(cluster.brokers[0].port, "t", wire.batch([b"x"])))
            change_brokers(cluster, min_insync_replicas=2)
            wait_until(lambda: produce_error(cluster.brokers[0].port, "t", wire.batch([b"x"])) == 19, "NOT_ENOUGH_REPLICAS")

    def test_the_default_of_all_lets_the_controller_elect(self):
        with Cluster(2) as cluster:
            create_topic(cluster.bootstrap, "t", [[2, 1]])
            first, second = cluster.brokers
            state = "/brokers/topics/t/partitions/0/state"
            first.stop()
            wait_until(lambda: json.loads(cluster.data(state))["isr"] == [2], "one replica in sync")
            second.kill()
            wait_until(lambda: not cluster.zk().exists("/brokers/ids/2"), "end of its session")
            first.start()
            wait_until(lambda: json.loads(cluster.data(state))["leader"] == -1, "no leader")
            change_brokers(cluster, unclean_leader_election_enable="true")
            wait_until(lambda: json.loads(cluster.data(state))["leader"] == 1, "the replica that is left")


class NothingIsMissedTest(unittest.TestCase):
    def test_settings_count_from_the_start_and_after_ten_changes_while_down(self):
        with Cluster(1) as cluster:
            broker = cluster.brokers[0]
            broker.stop()
            for count in range(1, 11):
                change_brokers(cluster, num_io_threads=count + 10)
            change_brokers(cluster, 1, num_network_threads=5)
            broker.start()
            self.assertEqual(20, threads(broker, "io-"))
            self.assertEqual(5, threads(broker, "network-"))

    def test_a_note_that_cannot_be_read_is_told_and_the_next_is_served(self):
        with Cluster(1) as cluster:
            broker = cluster.brokers[0]
            note(cluster, b'{"version":2,"entity_path"')
            note(cluster, b'"of release 0.8"')
            note(cluster, b'{"version":9,"entity_path":"brokers/1"}')
            store(cluster, f"brokers/{ALL}", {"num.io.threads": "6", "log.retention.ms": "never"})
            note(cluster, json.dumps({"version": 2, "entity_path": f"brokers/{ALL}"}).encode())
            wait_until(lambda: threads(broker, "io-") == 6, "the change after them")
            self.assertEqual(3, broker.log().count("a note of changed settings cannot be read"))
            self.assertEqual(1, broker.log().count("a value in ZooKeeper is left out"))

    def test_version_1_notes_count(self):
        with Cluster(1) as cluster:
            broker = cluster.brokers[0]
            create_topic(cluster.bootstrap, "t", [[1]])
            store(cluster, "topics/t", {"max.message.bytes": "100"})
            note(cluster, b'{"version":1,"entity_type":"topics","entity_name":"t"}')
            wait_until(lambda: produce_error(broker.port, "t", wire.batch([b"x" * 500])) == 10, "MESSAGE_TOO_LARGE")

    def test_a_session_that_expires_between_entity_and_note_misses_nothing(self):
        with Cluster(1) as cluster:
            broker = cluster.brokers[0]
            create_topic(cluster.bootstrap, "t", [[1]])
            store(cluster, f"brokers/{ALL}", {"num.io.threads": "6"})
            store(cluster, "topics/t", {"max.message.bytes": "100"})
            os.kill(broker.process.pid, signal.SIGSTOP)
            try:
                wait_until(lambda: not cluster.zk().exists("/brokers/ids/1"), "end of its session")
                # Others have purged the notes by the time it is back.
            finally:
                os.kill(broker.process.pid, signal.SIGCONT)
            wait_until(lambda: threads(broker, "io-") == 6, "the brokers' setting")
            wait_until(lambda: produce_error(broker.port, "t", wire.batch([b"x" * 500])) == 10, "the topic's setting")

    def test_a_thousand_changes_take_two_seconds(self):
        with Cluster(1) as cluster:
            broker = cluster.brokers[0]
            create_topic(cluster.bootstrap, "t", [[1]])
            zk = cluster.zk()
            transaction = zk.transaction()
            for number in range(1000):
                topic = "t" if number == 999 else f"other-{number}"
                path = f"/config/topics/{topic}"
                data = b'{"version":1,"config":{"max.message.bytes":"100"}}'
                transaction.set_data(path, data) if topic == "t" else transaction.create(path, data)
                transaction.create("/config/changes/config_change_",
                                   json.dumps({"version": 2, "entity_path": f"topics/{topic}"}).encode(), sequence=True)
            began = time.monotonic()
            self.assertFalse([each for each in transaction.commit() if isinstance(each, Exception)])
            wait_until(lambda: produce_error(broker.port, "t", wire.batch([b"x" * 500])) == 10, "the last of the changes")
            self.assertLess(time.monotonic() - began, 2 * float(os.environ.get("ODRADEK_SLOWNESS", "1")))


if __name__ == "__main__":
    unittest.main(verbosity=2)
