"""Hand-over at scale: one data directory of 2,000 partitions in three log directories, served in turn by the JVM's broker and ours.

After each change of broker every partition is asked for all that it holds, which must be byte for byte what the broker before answered:
records with their offsets, timestamps, epochs and producers, log starts, aborted transactions, ends of epochs, offsets of times."""
import glob
import os
import random
import subprocess
import threading
import time
import unittest

import confluent_kafka
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic

import clients
import corpus
import partition_states
import peers
import wire
from cluster import DEADLINE_S, wait_until
from partition_states import produce
from test_dump_log import ours, theirs
from test_storage import COMPLAINTS, complaints

PARTITIONS = int(os.environ.get("ODRADEK_HAND_OVER_PARTITIONS", "2000"))
SETTINGS = dict(log_cleaner_backoff_ms=200, log_cleaner_dedupe_buffer_size=8 << 20, log_index_interval_bytes=512,
                log_retention_check_interval_ms=500, log_initial_task_delay_ms=500,
                log_flush_start_offset_checkpoint_interval_ms=500, transaction_state_log_replication_factor=1,
                transaction_partition_verification_enable="false", transaction_state_log_min_isr=1, transaction_state_log_num_partitions=1)
COMPACTED = {"cleanup.policy": "compact", "segment.bytes": "40000", "min.cleanable.dirty.ratio": "0.01"}
WRITE_TXN_MARKERS = 27


def partitions_of(topic, count):
    return [(topic, partition) for partition in range(count)]


class Codecs:
    """A topic of each codec, in several segments; after the old release also topics of the old formats, and one that changed its format."""

    def __init__(self, release):
        self.topics = {f"codec-{codec}": codec for codec in corpus.CODECS}
        self.old = {f"format-{version}-{codec}": (version, codec) for version in ("0.9.0", "0.10.0")
                    for codec in ("none", "gzip", "snappy", "lz4")} if release == "2.8" else {}
        self.sizes = dict.fromkeys([*self.topics, *self.old, *(["reformatted"] if self.old else [])], 1)

    def new_topics(self):
        small = {"segment.bytes": "1100000"}
        yield from (NewTopic(topic, 1, 1, config=small) for topic in self.topics)
        yield from (NewTopic(topic, 1, 1, config={**small, "message.format.version": version})
                    for topic, (version, _) in self.old.items())
        if self.old:
            yield NewTopic("reformatted", 1, 1, config={"message.format.version": "0.9.0"})

    def add(self, leg):
        client = clients.Confluent(leg.cluster, False)
        for topic, codec in self.topics.items():
            client.write(topic, codec, list(corpus.binary(300, seed=leg.number)))
        plain = [(topic, codec) for topic, (_, codec) in self.old.items()]
        if self.old:
            plain.append(("reformatted", "gzip"))
        self.write_plain(client.options, plain, leg.number)
        if self.old and leg.number == 0:
            for version in "0.10.0", "2.8":
                self.reformat(client.options, version)
                self.write_plain(client.options, [("reformatted", "lz4")], version)

    @staticmethod
    def reformat(options, version):
        resource = ConfigResource(ConfigResource.Type.TOPIC, "reformatted", set_config={"message.format.version": version})
        admin = AdminClient(options)
        admin.alter_configs([resource])[resource].result(DEADLINE_S)

    @staticmethod
    def write_plain(options, topics, seed):
        """Not as an idempotent producer, which the old formats have no room for."""
        for topic, codec in topics:
            producer = confluent_kafka.Producer({**options, "compression.codec": codec, "linger.ms": 5})
            for record in corpus.text(60, seed):
                producer.produce(topic, record.value, record.key, partition=0)
            assert producer.flush(DEADLINE_S) == 0


class Compacted:
    """Keys that come again and again, one in ten of them deleted; each leg waits until its broker has compacted them."""
    sizes = {f"compacted-{codec}": 1 for codec in corpus.CODECS}

    def new_topics(self):
        return [NewTopic(topic, 1, 1, config=COMPACTED) for topic in self.sizes]

    def add(self, leg):
        for codec, topic in zip(corpus.CODECS, self.sizes):
            source = random.Random(f"{topic} {leg.number}")
            producer = confluent_kafka.Producer({"bootstrap.servers": leg.cluster.bootstrap, "compression.codec": codec,
                                                 "linger.ms": 10_000, "enable.idempotence": True})
            for i in range(2000):
                value = None if source.randrange(10) == 0 else source.randbytes(source.randrange(20, 150))
                producer.produce(topic, value, b"key-%d" % source.randrange(60), partition=0)
                if i % 50 == 49:
                    assert producer.flush(DEADLINE_S) == 0

    def settle(self, leg):
        def done():
            for topic in self.sizes:
                last = max(int(os.path.basename(path)[:-4]) for path in leg.files(topic, 0, "log"))
                if f"{topic} 0 {last}" not in leg.checkpoint(topic, "cleaner-offset-checkpoint"):
                    return False
            return True
        wait_until(done, "compaction")


class Deleted:
    """Partitions whose start is raised, into the middle of a segment or to the end."""
    sizes = {"cut": 30}

    def __init__(self):
        self.starts = {}

    def new_topics(self):
        return [NewTopic("cut", 30, 1, config={"segment.bytes": "5000"})]

    def add(self, leg):
        with wire.Connection(leg.port) as connection:
            for _ in range(5):
                batch = wire.batch([bytes(300)] * 5)
                ends = {partition: base + 5 for partition, (_, base) in
                        produce(connection, dict.fromkeys(partitions_of("cut", 30), batch)).items()}
            wanted = {("cut", number): end - number % 21 for (_, number), end in ends.items()}
            self.starts = partition_states.delete_records(connection, wanted)
        leg.test.assertEqual(wanted, self.starts)

    def settle(self, leg):
        """A start that no checkpoint holds yet falls back when the broker is killed, whichever it is. And the JVM looks for a time
        in the first segment that is new enough, also when all of it lies below the start and is to be deleted."""
        def kept():
            for (_, number), start in self.starts.items():
                bases = sorted(int(os.path.basename(path)[:-4]) for path in leg.files("cut", number, "log"))
                is_known = bases[0] == start or f"cut {number} {start}" in leg.checkpoint("cut", "log-start-offset-checkpoint", number)
                if not is_known or (len(bases) > 1 and bases[1] <= start):
                    return False
            return True
        wait_until(kept, "checkpoint of log starts and end of the segments below")


class Producers:
    """Idempotent producers whose numbers go on across the changes: what they send again is known, what they leave out refused."""
    COUNT = 20
    ID = 1 << 40
    sizes = {"numbered": COUNT}

    def __init__(self):
        self.last = {}  # (batch, base offset) by partition
        self.sequence = 0

    def new_topics(self):
        return [NewTopic("numbered", self.COUNT, 1)]

    def batches(self, sequence):
        return {("numbered", number): wire.batch([b"a", b"b", b"c"], self.ID + number, 0, sequence) for number in range(self.COUNT)}

    def add(self, leg):
        with wire.Connection(leg.port) as connection:
            if self.last:
                again = produce(connection, {partition: batch for partition, (batch, _) in self.last.items()})
                leg.test.assertEqual({partition: (0, base) for partition, (_, base) in self.last.items()}, again)
            if self.sequence:
                gap = produce(connection, self.batches(self.sequence + 1))
                leg.test.assertEqual({45}, {error for error, _ in gap.values()})
            for _ in range(3):
                batches = self.batches(self.sequence)
                done = produce(connection, batches)
                leg.test.assertEqual({0}, {error for error, _ in done.values()})
                self.last = {partition: (batches[partition], base) for partition, (_, base) in done.items()}
                self.sequence += 3


class Transactions:
    """Aborted and committed ones, and one that stays open over the change of broker, until the next leg of a broker that has markers."""
    COUNT = 6
    ID = 1 << 41
    sizes = {"transactions": COUNT}

    def __init__(self):
        self.sequences = {}
        self.open = False

    def new_topics(self):
        return [NewTopic("transactions", self.COUNT, 1, config={"segment.bytes": "3000"})]

    def send(self, connection, producer):
        sequence = self.sequences.get(producer, 0)
        batch = wire.batch([b"x" * 40] * 4, self.ID + producer, 0, sequence, transactional=True)
        done = produce(connection, dict.fromkeys(partitions_of("transactions", self.COUNT), batch), f"writer-{producer}")
        assert {error for error, _ in done.values()} == {0}, done
        self.sequences[producer] = sequence + 4

    def end(self, connection, producer, commit):
        partition_states.write_markers(connection, self.ID + producer, commit, partitions_of("transactions", self.COUNT))

    def add(self, leg):
        if WRITE_TXN_MARKERS not in wire.api_versions(leg.port):
            return
        with wire.Connection(leg.port) as connection:
            if self.open:
                self.end(connection, 0, commit=leg.number % 4 == 0)
            for round_ in range(4):
                self.send(connection, 1)
                self.send(connection, 2)
                self.end(connection, 1, commit=False)
                self.end(connection, 2, commit=round_ % 2 == 0)
            self.send(connection, 0)
            self.open = True


class Many:
    """The rest: a batch in each, later one in every tenth."""

    def __init__(self, count):
        self.sizes = {"many": count}

    def new_topics(self):
        return [NewTopic("many", self.sizes["many"], 1)]

    def add(self, leg):
        chosen = partitions_of("many", self.sizes["many"])[::1 if leg.number == 0 else 10]
        batch = wire.batch([b"leg %d" % leg.number] * 3)
        with wire.Connection(leg.port, timeout_s=60) as connection:
            leg.test.assertEqual({0}, {error for error, _ in produce(connection, dict.fromkeys(chosen, batch)).values()})


class Stream(threading.Thread):
    """A Java client's idempotent producer of numbers, which never hears of the changes. (librdkafka loses a topic that a JVM broker,
    just started, does not know yet.)"""

    def __init__(self, cluster):
        super().__init__(daemon=True)
        self.acknowledged = 0
        self.failed = []
        properties = f"{cluster.directory}/producer.properties"
        with open(properties, "w") as file:
            file.write("enable.idempotence=true\nretries=1000000\ncompression.type=lz4\nlinger.ms=2\n")
        self.process = subprocess.Popen(
            [peers.PEER, "java", "3.9", "org.apache.kafka.tools.VerifiableProducer", "--topic", "stream", "--throughput", "1000",
             "--bootstrap-server", cluster.bootstrap, "--producer.config", properties],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**os.environ, "KAFKA_OPTS": peers.TOOL_OPTIONS})
        self.start()

    def run(self):
        for line in self.process.stdout:
            if b'"producer_send_success"' in line:
                self.acknowledged += 1
            elif b'"producer_send_error"' in line:
                self.failed.append(line)

    def end(self):
        """How many were acknowledged; all that were sent, for it waits for them."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(DEADLINE_S)
        self.join()
        self.process.stdout.close()
        return self.acknowledged


class Leg:
    """One broker's time with the data."""

    def __init__(self, test, cluster, number):
        self.test, self.cluster, self.number = test, cluster, number
        self.broker = cluster.brokers[0]
        self.port = self.broker.port

    def place(self, topic, partition):
        [path] = [path for path in self.cluster.dirs if os.path.isdir(f"{path}/{topic}-{partition}")]
        return path

    def files(self, topic, partition, kind):
        return sorted(glob.glob(f"{self.place(topic, partition)}/{topic}-{partition}/*.{kind}"))

    def checkpoint(self, topic, name, partition=0):
        """The lines of the checkpoint that speaks of the partition."""
        path = f"{self.place(topic, partition)}/{name}"
        if not os.path.exists(path):
            return []
        with open(path) as file:
            return file.read().splitlines()[2:]


class HandOverTest(unittest.TestCase):
    maxDiff = 3000

    def make_cluster(self, release):
        settings = {**SETTINGS, "inter_broker_protocol_version": "2.8"} if release == "2.8" else SETTINGS
        cluster = peers.ChangingCluster(1, release=release, **settings)
        cluster.dirs = [f"{cluster.brokers[0].directory}/{name}" for name in "abc"]
        cluster.brokers[0].settings["log.dirs"] = ",".join(cluster.dirs)
        return cluster

    def create(self, cluster):
        topics = [topic for thing in self.things for topic in thing.new_topics()]
        admin = AdminClient({"bootstrap.servers": cluster.bootstrap})
        patience_s = 4 * DEADLINE_S  # a JVM broker makes two thousand partitions, and other tests run beside it
        for future in admin.create_topics([*topics, NewTopic("stream", 1, 1)], request_timeout=patience_s).values():
            future.result(patience_s)

    def wait_led(self, port):
        names = sorted({topic for topic, _ in self.partitions} | {"stream"})

        def led():
            believed = wire.metadata(port, names)[2]
            return all(error == 0 and leader > 0 for topic in names for error, leader in believed[topic].values() or [(3, -1)])
        wait_until(led, "leaders of all partitions")

    def states(self, leg):
        return partition_states.states(leg.port, self.partitions, leg.number + 2, [self.began_ms, self.began_ms + 2000])

    def check_states(self, before, after, leg):
        """All is as before, but that the newest epoch then may have had no record: then only its end is the same."""
        for partition, was in before.items():
            now = after[partition]
            # The JVM looks for a time in the first segment that is new enough, and takes one that compaction emptied for new.
            found = [] if partition[0].startswith("compacted-") else ["found"]
            for name in ["start", "end", "stable", "records", "aborted", *found]:
                self.assertEqual(getattr(was, name), getattr(now, name), f"leg {leg.number}: {name} of {partition}")
            for epoch, (known, end) in was.epochs.items():
                if known < 0:
                    continue
                self.assertEqual(end, now.epochs[epoch][1], f"leg {leg.number}: end of epoch {epoch} of {partition}")

    def check_files(self, leg):
        """Both tools print the same of some files, and find nothing wrong in those without gaps."""
        sample = [*self.codecs.sizes, *Compacted.sizes, "transactions", "numbered", "many"]
        for kind in "log", "index", "txnindex", "snapshot":
            files = ",".join(path for topic in sample for path in leg.files(topic, 0, kind)[-3:])
            options = ["--deep-iteration"] if kind == "log" else []
            their, our = theirs(*options, "--files", files), ours(*options, "--files", files)
            self.assertEqual((0, their.stdout.split(b"\n")), (our.returncode, our.stdout.split(b"\n")), f"leg {leg.number}: {kind}")
            # Of the files with gaps the JVM tells in no order.
            self.assertEqual(sorted(their.stderr.splitlines()), sorted(our.stderr.splitlines()), f"leg {leg.number}: {kind}")
            self.assertIsNone(COMPLAINTS.search(our.stdout.decode(errors="replace")), f"leg {leg.number}: {kind}")
            broken = [line for line in our.stderr.decode().splitlines() if COMPLAINTS.search(line) and "compacted-" not in line]
            self.assertEqual([], broken, f"leg {leg.number}: {kind}")

    def run_leg(self, leg, stream_count):
        self.wait_led(leg.port)
        wait_until(lambda: self.stream.acknowledged > stream_count, "progress of the producer")
        if leg.number > 0:
            self.check_states(self.known, self.states(leg), leg)
        if leg.number < 4:
            for thing in self.things:
                thing.add(leg)
            for thing in self.things:
                if hasattr(thing, "settle"):
                    thing.settle(leg)
            self.known = self.states(leg)
        # The JVM calls its refusal of a gap in sequences an error.
        wrong = [line for line in complaints(leg.broker.log_of_this_run()) if "append operation on partition numbered-" not in line]
        self.assertEqual([], wrong, f"leg {leg.number}")

    def check_stream(self, leg):
        count = self.stream.end()
        self.assertEqual([], self.stream.failed)
        consumer = confluent_kafka.Consumer({"bootstrap.servers": leg.cluster.bootstrap, "group.id": "nobody", "check.crcs": True})
        consumer.assign([confluent_kafka.TopicPartition("stream", 0, 0)])
        found = []
        while len(found) < count:
            messages = consumer.consume(min(5000, count - len(found)), DEADLINE_S)
            self.assertTrue(messages, f"{len(found)} of {count} came")
            found += [(message.offset(), int(message.value())) for message in messages]
        consumer.close()
        self.assertEqual([(i, i) for i in range(count)], found)
        with wire.Connection(leg.port) as connection:
            self.assertEqual({("stream", 0): (0, -1, count)}, partition_states.list_offsets(connection, [("stream", 0)], -1))

    def hand_over(self, release):
        self.codecs = Codecs(release)
        self.things = [self.codecs, Compacted(), Deleted(), Producers(), Transactions()]
        self.things.append(Many(PARTITIONS - sum(sum(thing.sizes.values()) for thing in self.things)))
        self.partitions = [partition for thing in self.things for topic, count in thing.sizes.items()
                           for partition in partitions_of(topic, count)]
        self.began_ms = int(time.time() * 1000)
        ends = ["stop", "stop", "kill", "kill", "stop"]
        with self.make_cluster(release) as cluster:
            self.create(cluster)
            self.stream = Stream(cluster)
            self.addCleanup(self.stream.process.kill)
            for number, end in enumerate(ends):
                leg = Leg(self, cluster, number)
                self.run_leg(leg, self.stream.acknowledged)
                if number == 4:
                    self.check_stream(leg)
                getattr(leg.broker, end)()
                if number in (1, 4):
                    self.check_files(leg)
                if number == 4:
                    break
                if end == "kill":
                    peers.wait_gone(cluster, leg.broker.id)
                leg.broker.start_as(None if number % 2 == 0 else release)

    def test_to_us_and_back(self):
        self.hand_over("3.9")

    def test_to_us_and_back_from_the_old_release(self):
        self.hand_over("2.8")


if __name__ == "__main__":
    unittest.main(verbosity=2)
