"""Settings that change while brokers run: each takes effect, disturbs nobody, and is not missed."""
import json
import os
import re
import shutil
import signal
import socket
import time
import unittest

from kafka.protocol.produce import ProduceRequest

import wire
from cluster import ROOT, Cluster, free_port, kcat, wait_until
from load import Load, create_topic
from settings import ALL, certificate, change, change_brokers, new_certificates, note, produce_error, reads_of, served, store, threads

SLOWNESS = float(os.environ.get("ODRADEK_SLOWNESS", "1"))


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


class EffectsTest(unittest.TestCase):
    """One broker for all; a test per group of keys, and a table that leaves none out."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster(1, num_network_threads=2, background_threads=4, producer_id_expiration_check_interval_ms=50)
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

    def test_producers_are_forgotten(self):
        def error(sequence):
            return produce_error(self.broker.port, "t", wire.batch([b"x"], producer_id=4711, epoch=0, sequence=sequence))
        self.assertEqual(0, error(0))
        self.assertEqual(45, error(7), "OUT_OF_ORDER_SEQUENCE_NUMBER")
        change_brokers(self.cluster, producer_id_expiration_ms=1)
        wait_until(lambda: error(7) == 0, "a producer that is new again")

    def compacted_to(self, topic):
        """The ends of a topic's compactions."""
        return [int(end) for end in re.findall(rf"{topic}-0: compacted up to offset (\d+)", self.broker.log())]

    def fill_compacted(self, topic, keys, value, *options):
        """Keys that are all different and cannot be compacted yet."""
        create_topic(self.cluster.bootstrap, topic, [[1]], cleanup_policy="compact", segment_bytes=1 << 20, min_cleanable_dirty_ratio=1)
        lines = "".join(f"{i}:{value}\n" for i in range(keys)).encode()
        kcat("-b", self.cluster.bootstrap, "-P", "-t", topic, "-p", "0", "-K", ":", *options, data=lines)

    def compact(self, topic):
        change(self.cluster, f"topics/{topic}", {"cleanup.policy": "compact", "segment.bytes": "1000000", "min.cleanable.dirty.ratio": "0"})
        return wait_until(lambda: self.compacted_to(topic), f"compaction of {topic}")[0]

    def test_how_many_keys_a_compaction_sees(self):
        small, large = 1_100_000, 16_000_000
        for name, buffer, factor in (("little-of-small", small, 0.3), ("much-of-small", small, 0.6), ("little-of-large", large, 0.3)):
            change_brokers(self.cluster, log_cleaner_backoff_ms=20, log_cleaner_dedupe_buffer_size=buffer,
                           log_cleaner_io_buffer_load_factor=factor)
            self.fill_compacted(name, 60_000, "v" * 30)
            seen, room = self.compact(name), buffer / 24 * factor  # a key takes 24 bytes
            if buffer == small:
                self.assertTrue(0.6 * room < seen <= room, f"{name}: {seen}")
            else:
                self.assertGreater(seen, 0.6 * small / 24, "all that was there")

    def test_how_fast_compactions_are(self):
        rate, size = 4_000_000, 6_000_000
        change_brokers(self.cluster, log_cleaner_backoff_ms=20, log_cleaner_io_max_bytes_per_second=rate)
        self.fill_compacted("slow", size // 1000, "v" * 1000)
        began = time.monotonic()
        self.compact("slow")
        self.assertGreater(time.monotonic() - began, 0.6 * size / rate)

    def test_how_much_compactions_read_at_once(self):
        reads = []
        for name, buffer in (("little-at-once", 64 << 10), ("much-at-once", 8 << 20)):
            change_brokers(self.cluster, log_cleaner_backoff_ms=20, log_cleaner_io_buffer_size=buffer)
            self.fill_compacted(name, 4000, "v" * 1000, "-X", "batch.size=16000")
            before = reads_of(self.broker, "log-cleaner")
            self.compact(name)
            reads.append(reads_of(self.broker, "log-cleaner") - before)
        self.assertGreater(reads[0], 4 * reads[1], reads)

    def test_every_key_is_seen_or_says_that_it_has_no_effect(self):
        tables, tests = "", ""
        for folder, prefix in (("server/config", "broker_keys_"), ("tests/integration", "test_")):
            for name in sorted(os.listdir(os.path.join(ROOT, folder))):
                if name.startswith(prefix) and name.endswith((".cc", ".py")):
                    with open(os.path.join(ROOT, folder, name)) as file:
                        tables, tests = (tables + file.read(), tests) if prefix == "broker_keys_" else (tables, tests + file.read())
        rows = {row.split('"')[0]: row for row in tables.split('{"')[1:]}
        dynamic = {key for key, row in rows.items() if "kPerBroker" in row or "kClusterWide" in row}
        self.assertEqual(89 + 3, len(dynamic))
        silent = {key for key in dynamic if "kNotBuilt" in rows[key] or "kJavaOnly" in rows[key]}
        self.assertEqual(dynamic, silent | set(UNSEEN) | {key for keys in SEEN_BY.values() for key in keys.split()})
        for test in SEEN_BY:
            self.assertRegex(tests, rf"(def|class) {test}\(")


# Where the effect of each key that changes at run time is seen.
SEEN_BY = {
    "test_pools_of_threads": "num.io.threads background.threads num.network.threads log.cleaner.threads",
    "test_the_threads_that_copy": "num.replica.fetchers",
    "test_the_threads_that_load_logs": "num.recovery.threads.per.data.dir",
    "test_cleaner": "log.cleaner.backoff.ms",
    "test_how_many_keys_a_compaction_sees": "log.cleaner.dedupe.buffer.size log.cleaner.io.buffer.load.factor",
    "test_how_much_compactions_read_at_once": "log.cleaner.io.buffer.size",
    "test_how_fast_compactions_are": "log.cleaner.io.max.bytes.per.second",
    "test_limits_of_connections": "max.connections.per.ip max.connections.per.ip.overrides",
    "test_limits_of_a_listener_that_is_not_the_brokers": "max.connections max.connection.creation.rate",
    "test_producers_are_forgotten": "producer.id.expiration.ms",
    "DefaultsTest": """compression.type compression.gzip.level compression.lz4.level compression.zstd.level log.cleaner.delete.retention.ms
        log.cleaner.max.compaction.lag.ms log.cleaner.min.cleanable.ratio log.cleaner.min.compaction.lag.ms log.cleanup.policy
        log.flush.interval.messages log.flush.interval.ms log.index.interval.bytes log.index.size.max.bytes log.message.downconversion.enable
        log.message.timestamp.after.max.ms log.message.timestamp.before.max.ms log.message.timestamp.difference.max.ms
        log.message.timestamp.type log.preallocate log.retention.bytes log.retention.ms log.roll.jitter.ms log.roll.ms log.segment.bytes
        log.segment.delete.delay.ms message.max.bytes""",
    "test_fewer_in_sync_than_the_default_asks_for": "min.insync.replicas",
    "test_the_default_of_all_lets_the_controller_elect": "unclean.leader.election.enable",
    "test_the_leader_holds_back_what_it_gives": "leader.replication.throttled.rate",
    "test_the_follower_holds_back_what_it_takes": "follower.replication.throttled.rate",
    "test_the_rate_of_moves_between_directories": "replica.alter.log.dirs.io.max.bytes.per.second",
    "test_pools_listeners_and_stores_change_under_load": "listeners advertised.listeners listener.security.protocol.map",
    "test_pkcs12_stores": "ssl.keystore.type ssl.keystore.location ssl.keystore.password ssl.truststore.type ssl.truststore.location "
                          "ssl.truststore.password",
    "test_pem_in_settings": "ssl.keystore.key ssl.keystore.certificate.chain ssl.key.password ssl.truststore.certificates",
    "test_what_a_listener_is_made_with_stays": "ssl.client.auth ssl.cipher.suites ssl.enabled.protocols",
}
UNSEEN = {"ssl.endpoint.identification.algorithm": "what brokers ask of each other: the listener that they use stays as it is"}


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
        other = os.path.join(new_certificates(cluster, "other"), "broker.pem")
        key = "listener.name.ssl.ssl.keystore.location"
        change_brokers(cluster, 1, **{key: "/no/such.pem"})
        wait_until(lambda: "/no/such.pem" in broker.log(), "the reason of the refusal")
        self.assertEqual(first, served(broker.ssl_port))
        change_brokers(cluster, 1, **{key: other})
        wait_until(lambda: served(broker.ssl_port) != first, "the new certificate")
        second = served(broker.ssl_port)
        # The same name, another file.
        shutil.copy(os.path.join(new_certificates(cluster, "third"), "broker.pem"), other + ".new")
        os.rename(other + ".new", other)
        wait_until(lambda: served(broker.ssl_port) != second, "the certificate that took its place on disk")


class ReplicasTest(unittest.TestCase):
    def test_fewer_in_sync_than_the_default_asks_for(self):
        with Cluster(2) as cluster:
            create_topic(cluster.bootstrap, "t", [[1, 2]])
            cluster.brokers[1].stop()
            wait_until(lambda: json.loads(cluster.data("/brokers/topics/t/partitions/0/state"))["isr"] == [1], "one replica in sync")
            self.assertEqual(0, produce_error(cluster.brokers[0].port, "t", wire.batch([b"x"])))
            change_brokers(cluster, min_insync_replicas=2)
            wait_until(lambda: produce_error(cluster.brokers[0].port, "t", wire.batch([b"x"])) == 19, "NOT_ENOUGH_REPLICAS")

    def test_the_threads_that_copy(self):
        with Cluster(2) as cluster:
            create_topic(cluster.bootstrap, "t", [[1, 2]] * 8)
            follower = cluster.brokers[1]
            for count in (1, 4, 2):
                if count > 1:
                    change_brokers(cluster, num_replica_fetchers=count)
                wait_until(lambda: threads(follower, "replica-fetcher") == count, f"{count} fetchers")
                for partition in range(8):
                    self.assertEqual(0, produce_error(cluster.brokers[0].port, "t", wire.batch([b"x"]), partition=partition))

    def test_the_rate_of_moves_between_directories(self):
        rate, size = 4_000_000, 10_000_000
        cluster = Cluster(1)
        broker = cluster.brokers[0]
        directories = [f"{broker.directory}/{name}" for name in "ab"]
        broker.settings["log.dirs"] = ",".join(directories)
        with cluster:
            create_topic(cluster.bootstrap, "t", [[1]])
            for _ in range(size // 500_000):
                self.assertEqual(0, produce_error(broker.port, "t", wire.batch([b"x" * 500_000])))
            [here] = [each for each in directories if os.path.isdir(f"{each}/t-0")]
            [there] = [each for each in directories if each != here]
            for target, least_s, limit in ((there, 0.6 * size / rate, {"replica_alter_log_dirs_io_max_bytes_per_second": rate}), (here, 0, {})):
                told = broker.log().count("Cluster default configs changed")
                change_brokers(cluster, **limit)
                wait_until(lambda: broker.log().count("Cluster default configs changed") > told, "the rate in force")
                began = time.monotonic()
                wire.move_replica(broker.port, target, "t", 0)
                wait_until(lambda: os.path.isdir(f"{target}/t-0"), "the replica in the other directory")
                self.assertGreater(time.monotonic() - began, least_s)

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

    def test_the_threads_that_load_logs(self):
        """Each log is held up by a pipe into which nobody writes: as many wait as there are threads."""
        with Cluster(1) as cluster:
            broker = cluster.brokers[0]
            create_topic(cluster.bootstrap, "t", [[1]] * 8)
            change_brokers(cluster, num_recovery_threads_per_data_dir=5)
            wait_until(lambda: "configs changed: num.recovery.threads.per.data.dir" in broker.log(), "the change")
            broker.stop()
            for partition in range(8):
                path = f"{broker.data}/t-{partition}/partition.metadata"
                os.remove(path)
                os.mkfifo(path)
            broker.launch()
            wait_until(lambda: threads(broker, "log-recovery-") == 5, "five threads")
            broker.kill()

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
        with Cluster(3) as cluster:
            create_topic(cluster.bootstrap, "t", [[1], [2], [3]])
            transaction = cluster.zk().transaction()
            for number in range(1000):
                topic = "t" if number == 999 else f"other-{number}"
                path = f"/config/topics/{topic}"
                data = b'{"version":1,"config":{"max.message.bytes":"100"}}'
                transaction.set_data(path, data) if topic == "t" else transaction.create(path, data)
                transaction.create("/config/changes/config_change_",
                                   json.dumps({"version": 2, "entity_path": f"topics/{topic}"}).encode(), sequence=True)
            self.assertFalse([each for each in transaction.commit() if isinstance(each, Exception)])
            began = time.monotonic()
            large = wire.batch([b"x" * 500])
            for broker in cluster.brokers:
                wait_until(lambda: produce_error(broker.port, "t", large, 1, broker.id - 1) == 10, "the last of the changes")
                print(f"applied on broker {broker.id} after {time.monotonic() - began:.2f} s")
            self.assertLess(time.monotonic() - began, 2 * SLOWNESS)

    def test_the_settings_of_many_topics_are_known_soon(self):
        count = int(os.environ.get("ODRADEK_SCALE", "1000"))
        with Cluster(1) as cluster:
            broker = cluster.brokers[0]
            broker.stop()
            for first in range(0, count, 500):
                transaction = cluster.zk().transaction()
                for number in range(first, first + 500):
                    transaction.create(f"/brokers/topics/t-{number}", b'{"version":1,"partitions":{"0":[9]}}')
                    transaction.create(f"/config/topics/t-{number}", json.dumps({"version": 1, "config": {
                        "retention.ms": str(number + 1), "cleanup.policy": "compact,delete", "max.message.bytes": "2000000"}}).encode())
                self.assertFalse([each for each in transaction.commit() if isinstance(each, Exception)])
            broker.start()
            told = broker.log()[broker.mark:]
            answered = int(re.search(rf"what settings {count} entities have in (\d+) ms", told).group(1))
            known = int(re.search(rf"Settings of {count} topics are known after (\d+) ms", told).group(1))
            print(f"{count} topics: ZooKeeper's answers {answered} ms, {known - answered} ms beyond them")
            self.assertLess(known - answered, 500 * max(count / 10_000, 0.5) * SLOWNESS)


if __name__ == "__main__":
    unittest.main(verbosity=2)
