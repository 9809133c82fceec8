"""Files on disk: ours read by the JVM's DumpLogSegments, and data directories handed to and fro between the two brokers."""
import glob
import queue
import re
import threading
import unittest

import confluent_kafka
from confluent_kafka.admin import AdminClient

import clients
import corpus
import peers
from cluster import DEADLINE_S, Cluster, wait_until
from corpus import Record

COUNT = 2000
SMALL_SEGMENTS = dict(log_segment_bytes=1_100_000, log_index_interval_bytes=512)
COMPLAINTS = re.compile(r"isvalid: false|mismatch|non-consecutive|invalid|corrupt|exception|not found|error", re.I)


def dump(files, *options, release="3.9"):
    """DumpLogSegments over the files, which must not complain; what it printed."""
    done = peers.complete("java", release, "kafka.tools.DumpLogSegments", *options, "--files", ",".join(files))
    said = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
    for text in said:
        complaint = COMPLAINTS.search(text)
        if complaint:
            start = max(0, complaint.start() - 500)
            raise AssertionError(f"DumpLogSegments of {files} complains: {text[start:complaint.end() + 500]}")
    assert done.returncode == 0, said[1]
    return said[0]


def dump_all(broker, topics, kinds=("index", "timeindex", "txnindex")):
    """Dumps every log and index of the topics; offsets found in the logs, {topic: [offset…]}."""
    offsets = {topic: [] for topic in topics}
    logs = sorted(path for topic in topics for path in glob.glob(f"{broker.data}/{topic}-0/*.log"))
    text = dump(logs, "--deep-iteration")
    for part in re.split(r"^Dumping ", text, flags=re.M)[1:]:
        topic = re.match(r"\S*/(\S+)-0/\d+\.log", part).group(1)
        offsets[topic] += [int(offset) for offset in re.findall(r"^\| offset: (\d+) ", part, re.M)]
    indexes = [path for topic in topics for kind in kinds
               for path in sorted(glob.glob(f"{broker.data}/{topic}-0/*.{kind}"))]
    dump(indexes)
    dump([path for path in indexes if path.endswith(".index")], "--index-sanity-check")
    return offsets


def complaints(log):
    """Lines of a broker's log, ours or the JVM's, that an operator would have to act on after a hand-over."""
    # The JVM also calls a topic that it cannot create yet an "Error processing …", as INFO.
    wrong = re.compile(r"\] (ERROR|FATAL) |^[EF]\d{8} |(?i:corrupt|damaged)")
    return [line for line in log.splitlines() if wrong.search(line)]


class DumpTest(unittest.TestCase):
    TOPICS = [f"dumped-{codec}" for codec in corpus.CODECS]

    def write(self, cluster):
        confluent = clients.Confluent(cluster, False)
        records = list(corpus.binary(COUNT))
        for codec, topic in zip(corpus.CODECS, self.TOPICS):
            confluent.write(topic, codec, records)

    def test_segments_of_every_codec(self):
        with Cluster(1, **SMALL_SEGMENTS) as cluster:
            broker = cluster.brokers[0]
            self.write(cluster)
            self.assertEqual(0, broker.stop())
            offsets = dump_all(broker, self.TOPICS)
            self.assertGreater(len(glob.glob(f"{broker.data}/{self.TOPICS[0]}-0/*.log")), 2)
            for topic in self.TOPICS:
                self.assertEqual(list(range(COUNT)), offsets[topic], topic)
            dump(glob.glob(f"{broker.data}/{self.TOPICS[0]}-0/*.snapshot"))

    def test_segments_after_a_kill_and_recovery(self):
        with Cluster(1, **SMALL_SEGMENTS) as cluster:
            broker = cluster.brokers[0]
            self.write(cluster)
            broker.kill()
            for path in glob.glob(f"{broker.data}/dumped-*-0/*.log"):
                if path == max(glob.glob(path.rsplit("/", 1)[0] + "/*.log")):
                    with open(path, "ab") as log:
                        log.write(b"\0\0\0\0\0\0\7\xd0half a batch")
            peers.wait_gone(cluster, broker.id)
            broker.start()
            self.write(cluster)
            self.assertEqual(0, broker.stop())
            offsets = dump_all(broker, self.TOPICS)
            for topic in self.TOPICS:
                self.assertEqual(list(range(2 * COUNT)), offsets[topic], topic)


class Records:
    """Every codec's topic, read whole at each leg."""

    def __init__(self):
        self.expected = {f"handed-{codec}": [] for codec in corpus.CODECS}

    def add(self, test, client, leg):
        for codec, topic in zip(corpus.CODECS, self.expected):
            records = list(corpus.binary(COUNT, seed=leg))
            client.write(topic, codec, records)
            self.expected[topic] += records

    def check(self, test, client, leg):
        for topic, expected in self.expected.items():
            test.assertTrue(expected == read_assigned(client, topic, len(expected)), f"leg {leg}: {topic}")

    def check_files(self, test, broker):
        # For an uncompressed batch 2.8 notes the newest record in the time index, where the tool, also its own, wants the last.
        kinds = ["index"] if broker.release == "2.8" else ["index", "timeindex"]
        found = dump_all(broker, list(self.expected), kinds)
        for topic, expected in self.expected.items():
            test.assertEqual(list(range(len(expected))), found[topic], topic)


class Transactions:
    """The JVM's legs write three transactions each: an aborted one, a committed one, and one left open, which their next leg aborts.

    Whoever reads committed records sees the committed ones alone, and nothing behind the open one."""

    TOPIC = "transactions"
    EACH = 10

    def __init__(self):
        self.committed = 0

    def begin(self, client, name, value):
        producer = confluent_kafka.Producer({**client.options, "transactional.id": name})
        producer.init_transactions(DEADLINE_S)
        producer.begin_transaction()
        for i in range(self.EACH):
            producer.produce(self.TOPIC, value, str(i).encode(), partition=0)
        producer.flush(DEADLINE_S)
        return producer

    def add(self, test, client, leg):
        if leg % 2 == 1:
            return  # ours coordinates no transactions yet
        confluent_kafka.Producer({**client.options, "transactional.id": "left-open"}).init_transactions(DEADLINE_S)
        self.begin(client, "aborts", b"aborted").abort_transaction(DEADLINE_S)
        self.begin(client, "commits", b"committed").commit_transaction(DEADLINE_S)
        self.committed += self.EACH
        self.begin(client, "left-open", b"open")
        client.write(self.TOPIC, "none", [Record(None, b"behind", [])])

    def latest(self, client, isolation):
        consumer = confluent_kafka.Consumer({**client.options, "group.id": "nobody", "isolation.level": isolation})

        def offsets():
            try:
                return consumer.get_watermark_offsets(confluent_kafka.TopicPartition(self.TOPIC, 0), DEADLINE_S)
            except confluent_kafka.KafkaException as error:
                # A broker that started just now has not been told of its partitions yet.
                assert error.args[0].code() == confluent_kafka.KafkaError._UNKNOWN_PARTITION, error
                return None

        _, offset = wait_until(offsets, f"offsets of {self.TOPIC}")
        consumer.close()
        return offset

    def check(self, test, client, leg):
        end, last_stable = self.latest(client, "read_uncommitted"), self.latest(client, "read_committed")
        test.assertEqual(self.EACH + 1, end - last_stable, f"leg {leg}")
        values = read_committed(client, self.TOPIC)
        test.assertEqual([b"committed"] * self.committed, [value for value in values if value != b"behind"], f"leg {leg}")
        # What lies behind an open transaction shows once that is aborted, two legs later.
        test.assertEqual((leg - 1) // 2, values.count(b"behind"), f"leg {leg}")

    def check_files(self, test, broker):
        dump_all(broker, [self.TOPIC])


class Groups:
    """A group that had a member, as the coordinators keep it in __consumer_offsets."""

    def add(self, test, client, leg):
        client.write(f"grouped-{leg}", "lz4", list(corpus.binary(10)))
        consumer = confluent_kafka.Consumer({**client.options, "group.id": f"group-{leg}", "enable.auto.commit": False,
                                             "auto.offset.reset": "earliest"})
        consumer.subscribe([f"grouped-{leg}"])
        test.assertEqual(10, len(consumer.consume(10, DEADLINE_S)))
        consumer.commit(asynchronous=False)
        consumer.close()

    def check(self, test, client, leg):
        admin = AdminClient(client.options)
        for earlier in range(leg):
            group = f"group-{earlier}"
            found = wait_until(lambda group=group: admin.list_groups(group, DEADLINE_S)[:1], f"description of {group}")[0]
            test.assertEqual(("Empty", "consumer"), (found.state, found.protocol_type), f"{group} at leg {leg}")

    def check_files(self, test, broker):
        """The JVM's decoder reads every record of the topic."""
        logs = sorted(glob.glob(f"{broker.data}/__consumer_offsets-*/*.log"))
        text = dump(logs, "--offsets-decoder", "--deep-iteration")
        test.assertIn('"group":"group-0"', text)
        test.assertNotRegex(text, "Error at offset|skipping")


class LiveMember:
    """A member that lives through all hand-overs: it keeps its place, its id and its generation."""

    TOPIC, GROUP = "live", "live-group"

    def __init__(self):
        self.consumer = None
        self.assignments = 0
        self.members = None
        self.stopping = threading.Event()
        self.values = queue.Queue()

    def run(self):
        while not self.stopping.is_set():
            message = self.consumer.poll(0.1)
            if message is None or message.error():
                continue
            # Fenced, or of another generation, it would be refused.
            while not self.commit(message):
                pass
            self.values.put(message.value())

    def commit(self, message):
        try:
            self.consumer.commit(message, asynchronous=False)
            return True
        except confluent_kafka.KafkaException as error:
            # Those that say "try again", and that the broker is away.
            retriable = {confluent_kafka.KafkaError._TRANSPORT, confluent_kafka.KafkaError._WAIT_COORD,
                         confluent_kafka.KafkaError._TIMED_OUT,
                         confluent_kafka.KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
                         confluent_kafka.KafkaError.COORDINATOR_NOT_AVAILABLE, confluent_kafka.KafkaError.NOT_COORDINATOR}
            if error.args[0].code() in retriable and not self.stopping.is_set():
                return False
            self.values.put(error)
            return True

    def assigned(self, consumer, partitions):
        self.assignments += 1

    def add(self, test, client, leg):
        client.write(self.TOPIC, "none", [Record(None, str(leg).encode(), [])])
        if leg == 0:
            self.consumer = confluent_kafka.Consumer({
                **client.options, "group.id": self.GROUP, "enable.auto.commit": False, "auto.offset.reset": "earliest",
                "session.timeout.ms": 300_000, "heartbeat.interval.ms": 200})
            self.consumer.subscribe([self.TOPIC], on_assign=self.assigned)
            thread = threading.Thread(target=self.run)
            test.addCleanup(self.consumer.close)
            test.addCleanup(thread.join)
            test.addCleanup(self.stopping.set)
            thread.start()
        test.assertEqual(str(leg).encode(), self.values.get(timeout=2 * DEADLINE_S))
        self.members = self.members_of(client)

    def members_of(self, client):
        admin = AdminClient(client.options)

        def members():
            group = admin.list_groups(self.GROUP, DEADLINE_S)[:1]
            return group and group[0].state == "Stable" and [
                (member.id, member.client_host, member.metadata, member.assignment) for member in group[0].members]
        return wait_until(members, f"members of {self.GROUP}")

    def check(self, test, client, leg):
        test.assertEqual(self.members, self.members_of(client))
        test.assertEqual(1, self.assignments, f"leg {leg}")

    def check_files(self, test, broker):
        test.assertEqual(1, self.assignments)


class Described:
    """What the JVM's kafka-consumer-groups prints at the end of a leg, it prints at the beginning of the next."""

    def __init__(self):
        self.expected = None
        self.at_end = self.End(self)

    def describe(self, client):
        return [sorted(peers.tool("3.9", "kafka-consumer-groups.sh", "--bootstrap-server", client.options["bootstrap.servers"],
                                  "--describe", "--all-groups", *what).splitlines()) for what in ([], ["--state"])]

    def add(self, test, client, leg):
        pass

    def check(self, test, client, leg):
        test.assertEqual(self.expected, self.describe(client), f"leg {leg}")

    def check_files(self, test, broker):
        pass

    class End:
        """Stands behind everything else that a leg adds."""

        def __init__(self, described):
            self.described = described

        def add(self, test, client, leg):
            self.described.expected = self.described.describe(client)
            test.assertTrue(any("group-0" in line for line in self.described.expected[0]))

        def check(self, test, client, leg):
            pass

        def check_files(self, test, broker):
            pass


class CommittedOffsets:
    """A group's offset, as the broker of the leg before stored it."""

    def __init__(self):
        self.expected = None

    def partition(self, *offset):
        return [confluent_kafka.TopicPartition("committed", 0, *offset)]

    def add(self, test, client, leg):
        if leg == 0:
            client.write("committed", "none", list(corpus.binary(COUNT)))
        self.expected = 100 + leg
        consumer = confluent_kafka.Consumer({**client.options, "group.id": "carried", "enable.auto.commit": False})
        consumer.commit(offsets=self.partition(self.expected), asynchronous=False)
        consumer.close()

    def check(self, test, client, leg):
        consumer = confluent_kafka.Consumer({**client.options, "group.id": "carried"})
        test.assertEqual(self.expected, consumer.committed(self.partition(), DEADLINE_S)[0].offset, f"leg {leg}")
        consumer.close()

    def check_files(self, test, broker):
        pass


def read_committed(client, topic):
    """The values that a reader of committed records gets before it is told that there are no more."""
    consumer = confluent_kafka.Consumer({**client.options, "group.id": "nobody", "enable.auto.commit": False,
                                         "isolation.level": "read_committed", "enable.partition.eof": True})
    consumer.assign([confluent_kafka.TopicPartition(topic, 0, 0)])
    values = []
    while True:
        message = consumer.poll(DEADLINE_S)
        assert message, f"{topic}: no end came behind {len(values)} records"
        if message.error():
            assert message.error().code() == confluent_kafka.KafkaError._PARTITION_EOF, message.error()
            consumer.close()
            return values
        values.append(message.value())


def read_assigned(client, topic, count):
    """The first `count` records that a reader of committed records gets."""
    consumer = confluent_kafka.Consumer({**client.options, "group.id": "nobody", "enable.auto.commit": False,
                                         "isolation.level": "read_committed", "check.crcs": True})
    consumer.assign([confluent_kafka.TopicPartition(topic, 0, 0)])
    records = []
    while len(records) < count:
        batch = consumer.consume(count - len(records), DEADLINE_S)
        assert batch, f"{topic}: {len(records)} of {count} records came"
        records += [Record(message.key(), message.value(), message.headers() or []) for message in batch]
    consumer.close()
    return records


class HandOverTest(unittest.TestCase):
    """One data directory, served in turn by the JVM's broker and ours; every leg checks what earlier legs stored, then adds."""

    def hand_over(self, legs, end, *things, **settings):
        with peers.ChangingCluster(1, release=legs[0], **SMALL_SEGMENTS, transaction_state_log_replication_factor=1,
                                   transaction_state_log_min_isr=1, transaction_state_log_num_partitions=1,
                                   **settings) as cluster:
            broker = cluster.brokers[0]
            for leg, release in enumerate(legs):
                if leg > 0:
                    end(cluster, broker)
                    broker.start_as(release)
                client = clients.Confluent(cluster, False)
                for thing in things:
                    if leg > 0:
                        thing.check(self, client, leg)
                    thing.add(self, client, leg)
                self.assertEqual([], complaints(broker.log_of_this_run()), f"leg {leg}")
            broker.stop()
            for thing in things:
                thing.check_files(self, broker)

    @staticmethod
    def stop(cluster, broker):
        broker.stop()

    @staticmethod
    def kill(cluster, broker):
        broker.kill()
        peers.wait_gone(cluster, broker.id)

    def test_records_to_us_and_back_when_stopped(self):
        self.hand_over(["3.9", None, "3.9", None], self.stop, Records())

    def test_records_to_us_and_back_when_killed(self):
        self.hand_over(["3.9", None, "3.9", None], self.kill, Records())

    def test_records_to_us_and_back_from_the_old_release(self):
        self.hand_over(["2.8", None, "2.8"], self.stop, Records())

    def test_transactions(self):
        self.hand_over(["3.9", None, "3.9", None], self.kill, Transactions())

    def test_transactions_of_the_old_release(self):
        self.hand_over(["2.8", None, "2.8", None], self.stop, Transactions())

    def hand_over_groups(self, legs, end, storage):
        described = Described()
        self.hand_over(legs, end, described, Groups(), CommittedOffsets(), LiveMember(), described.at_end,
                       offsets_storage=storage)

    def test_groups_and_offsets(self):
        self.hand_over_groups(["3.9", None, "3.9", None], self.stop, "both")

    def test_groups_and_offsets_in_the_log_alone_when_killed(self):
        self.hand_over_groups(["3.9", None, "3.9", None], self.kill, "kafka")

    def test_groups_and_offsets_of_the_old_release(self):
        self.hand_over_groups(["2.8", None, "2.8", None], self.stop, "both")


if __name__ == "__main__":
    unittest.main(verbosity=2)
