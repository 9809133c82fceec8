"""Every setting of topics, changed under a partition that lives: the effect is seen in answers and in files. One test for each key."""
import glob
import itertools
import os
import random
import re
import time
import unittest

from kafka.protocol.fetch import FetchRequest
from kafka.protocol.produce import ProduceRequest
from kafka.record.memory_records import MemoryRecords

import wire
from cluster import ROOT, Cluster, wait_until
from load import create_topic
from replica_logs import batches, state_of, wait_isr
from settings import change_brokers, change_topic, produce_error
from shared_cluster import EndsItsCluster

HOUR_MS = 3_600_000
MESSAGE_TOO_LARGE, NOT_ENOUGH_REPLICAS, INVALID_TIMESTAMP, UNSUPPORTED_VERSION, INVALID_RECORD = 10, 19, 32, 35, 87
GZIP, SNAPPY, LZ4, ZSTD = 1, 2, 3, 4
SMALL = 200  # bytes of a segment that holds one batch
# What a test elsewhere sees, and what has no effect here.
ELSEWHERE = {"leader.replication.throttled.replicas": "test_throttled_replication.py",
             "follower.replication.throttled.replicas": "test_throttled_replication.py"}
WITHOUT_EFFECT = {key: "of storage beyond the broker, which a topic cannot be given" for key in (
    "remote.storage.enable", "remote.log.copy.disable", "remote.log.delete.on.disable", "local.retention.ms", "local.retention.bytes")}
TOPIC_KEYS = os.path.join(ROOT, "server/config/topic_keys.cc")


def read(path):
    with open(path) as file:
        return file.read()


def now_ms():
    return int(time.time() * 1000)


class TopicCase(EndsItsCluster):
    """Each test has a topic of its own, `self.topic`."""
    settings = {}

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster(cls.brokers, **cls.settings).__enter__()
        cls.broker = cls.cluster.brokers[0]

    def make(self, replicas=(1,), name=None, **config):
        topic = name or self.id().rpartition("test_")[2].replace("_", "-")
        create_topic(self.cluster.bootstrap, topic, [list(replicas)], **config)
        self.topic = topic
        return topic

    def change(self, **config):
        """All that the topic has of its own from now on."""
        change_topic(self.cluster, self.topic, **config)

    def error(self, records=None, topic=None):
        return produce_error(self.broker.port, topic or self.topic, records or wire.batch([b"x"]))

    def produce(self, count=1, topic=None, **batch):
        for number in range(count):
            self.assertEqual(0, self.error(wire.batch([b"x" * 100], **batch), topic))

    def produced(self, **batch):
        self.produce(**batch)
        return True

    def files(self, suffix, topic=None):
        """{base offset: path}"""
        found = glob.glob(f"{self.broker.data}/{topic or self.topic}-0/*{suffix}")
        return {int(os.path.basename(path)[:20]): path for path in sorted(found)}

    def segments(self, topic=None):
        return list(self.files(".log", topic))

    def stored(self, topic=None):
        for left in reversed(range(100)):
            try:
                return [data for _, data in batches(self.broker, topic or self.topic)]
            except FileNotFoundError:  # removed since it was listed: once more, what is there now
                if not left:
                    raise

    def records(self, topic=None):
        """{offset: (key, value)} of all that lies on disk."""
        found = {}
        for data in self.stored(topic):
            records = MemoryRecords(data)
            while records.has_next():
                found.update((record.offset, (record.key, record.value)) for record in records.next_batch())
        return found


class OneBrokerTest(TopicCase, unittest.TestCase):
    brokers = 1
    settings = {"log_retention_check_interval_ms": 100, "log_initial_task_delay_ms": 50, "log_flush_scheduler_interval_ms": 100,
                "log_flush_interval_ms": HOUR_MS, "log_flush_offset_checkpoint_interval_ms": 100, "log_cleaner_backoff_ms": 50}

    def wait_error(self, error, records, why):
        wait_until(lambda: self.error(records) == error, f"error {error} for {why}")

    # What is accepted and how it is stored

    def test_max_message_bytes(self):
        self.make()
        large = wire.batch([b"x" * 5000])
        self.assertEqual(0, self.error(large))
        self.change(max_message_bytes=2000)
        self.wait_error(MESSAGE_TOO_LARGE, large, "a large batch")
        self.change()
        self.wait_error(0, large, "a large batch, by default")

    def check_bound_of_time(self, key, *far_ms):
        self.make()
        far = [wire.batch([b"x"], at_ms=now_ms() + distance) for distance in far_ms]
        for records in far:
            self.assertEqual(0, self.error(records))
        self.change(**{key: 60_000})
        for records in far:
            self.wait_error(INVALID_TIMESTAMP, records, "a time far away")
        self.assertEqual(0, self.error())
        self.change()
        for records in far:
            self.wait_error(0, records, "any time, by default")

    def test_message_timestamp_before_max_ms(self):
        self.check_bound_of_time("message_timestamp_before_max_ms", -HOUR_MS)

    def test_message_timestamp_after_max_ms(self):
        self.check_bound_of_time("message_timestamp_after_max_ms", HOUR_MS)

    def test_message_timestamp_difference_max_ms(self):
        self.check_bound_of_time("message_timestamp_difference_max_ms", -HOUR_MS, HOUR_MS)

    def test_message_timestamp_type(self):
        self.make()

        def is_stamped():
            with wire.Connection(self.broker.port) as connection:
                answer = connection.ask(ProduceRequest[5](None, -1, 10000, [(self.topic, [(0, wire.batch([b"x"]))])]))
                return answer.topics[0][1][0][3] != -1
        self.assertFalse(is_stamped())
        self.change(message_timestamp_type="LogAppendTime")
        wait_until(is_stamped, "time of the broker")
        self.change()
        wait_until(lambda: not is_stamped(), "time of the producer")

    def codec_of_next(self):
        self.produce(codec=GZIP)
        return self.stored()[-1][22] & 7

    def test_compression_type(self):
        self.make()
        self.assertEqual(GZIP, self.codec_of_next())
        for codec, number in (("uncompressed", 0), ("snappy", SNAPPY), ("lz4", LZ4), ("zstd", ZSTD), ("producer", GZIP)):
            self.change(compression_type=codec)
            wait_until(lambda: self.codec_of_next() == number, f"{codec} on disk")

    def check_level(self, codec, number, low, high):
        self.make(compression_type=codec)
        words = random.Random(1)  # as unlike as those of a language
        records = wire.batch([b" ".join(b"word%d" % int(words.paretovariate(0.7)) for _ in range(20_000))])

        def size():
            self.assertEqual(0, self.error(records))
            last = self.stored()[-1]
            self.assertEqual(number, last[22] & 7)
            return len(last)
        by_default = size()
        self.change(**{"compression_type": codec, f"compression_{codec}_level": low})
        at_low = wait_until(lambda: (found := size()) != by_default and found, f"{codec} at level {low}")
        self.change(**{"compression_type": codec, f"compression_{codec}_level": high})
        wait_until(lambda: size() < at_low, f"{codec} at level {high}")

    def test_compression_gzip_level(self):
        self.check_level("gzip", GZIP, 1, 9)

    def test_compression_lz4_level(self):
        self.check_level("lz4", LZ4, 3, 17)

    def test_compression_zstd_level(self):
        self.check_level("zstd", ZSTD, -5, 19)

    def test_message_downconversion_enable(self):
        self.make()
        self.produce()

        def old_fetch():
            with wire.Connection(self.broker.port) as connection:
                answer = connection.ask(FetchRequest[2](-1, 100, 1, [(self.topic, [(0, 0, 1 << 20)])]))
                return answer.topics[0][1][0][1]
        self.assertEqual(0, old_fetch())
        self.change(message_downconversion_enable="false")
        wait_until(lambda: old_fetch() == UNSUPPORTED_VERSION, "refusal of a reader of old formats")
        self.change()
        wait_until(lambda: old_fetch() == 0, "records in the old format")

    # Segments and their files

    def test_segment_bytes(self):
        self.make()
        self.produce(10)
        self.assertEqual([0], self.segments())
        self.change(segment_bytes=SMALL)
        wait_until(lambda: self.produced() and len(self.segments()) > 3, "small segments")

    def produce_every(self, step_ms, count):
        """Batches whose times lie so far apart."""
        for _ in range(count):
            self.time_ms += step_ms
            self.produce(at_ms=self.time_ms)
        return True

    def test_segment_ms(self):
        self.make()
        self.time_ms = now_ms() - HOUR_MS
        self.produce_every(10_000, 10)
        self.assertEqual([0], self.segments())
        self.change(segment_ms=1000)
        wait_until(lambda: self.produce_every(10_000, 1) and len(self.segments()) > 3, "short segments")

    def test_segment_jitter_ms(self):
        self.make(segment_ms=100_000)
        self.time_ms = now_ms() - 10 * HOUR_MS

        def lengths():
            """How many batches the segments hold that are complete."""
            starts = self.segments()
            return {end - start for start, end in zip(starts, starts[1:])}
        self.produce_every(10_000, 60)
        self.assertEqual(1, len(lengths()))
        self.change(segment_ms=100_000, segment_jitter_ms=100_000)
        wait_until(lambda: self.produce_every(10_000, 20) and len(lengths()) > 2, "segments of several lengths")

    def test_index_interval_bytes(self):
        self.make()

        def entries():
            """Of the offset index of a segment that is complete, with six batches."""
            self.produce(6, at_ms=now_ms())
            last = self.segments()[-1]
            self.produce(at_ms=now_ms() + 24 * 8 * HOUR_MS)  # later than segment.ms
            return os.path.getsize(self.files(".index")[last]) // 8
        self.assertEqual(0, entries())
        self.change(index_interval_bytes=1)
        wait_until(lambda: entries() >= 4, "an index entry for each batch")

    def test_segment_index_bytes(self):
        self.make(index_interval_bytes=1)
        self.produce(30)
        self.assertEqual([0], self.segments())
        self.change(index_interval_bytes=1, segment_index_bytes=40)
        wait_until(lambda: self.produced() and len(self.segments()) > 4, "segments that end with their index")

    def test_preallocate(self):
        self.make(segment_bytes=8 << 20)

        def on_disk():
            self.produce()
            return os.stat(self.files(".log")[0]).st_blocks * 512
        self.assertLess(on_disk(), 1 << 20)
        self.change(segment_bytes=8 << 20, preallocate="true")
        wait_until(lambda: on_disk() >= 8 << 20, "space on the disk for the whole segment")

    def flushed(self, topic):
        """Up to which offset the log is said to be on disk."""
        with open(f"{self.broker.data}/recovery-point-offset-checkpoint") as checkpoint:
            found = re.search(rf"(?m)^{topic} 0 (\d+)$", checkpoint.read())
        return int(found.group(1)) if found else 0

    def check_flush(self, **setting):
        witness = self.make(name=f"flushed-{next(iter(setting))}".replace("_", "-"), flush_messages=1)
        self.make()
        self.produce(5)
        self.produce(topic=witness)
        wait_until(lambda: self.flushed(witness) == 1, "a checkpoint")
        self.assertEqual(0, self.flushed(self.topic))
        self.change(**setting)
        wait_until(lambda: self.produced() and self.flushed(self.topic) > 5, "a flush")

    def test_flush_messages(self):
        self.check_flush(flush_messages=1)

    def test_flush_ms(self):
        self.check_flush(flush_ms=1)

    # What goes

    def test_retention_ms(self):
        self.make()
        self.produce(5)
        self.change(retention_ms=1)
        wait_until(lambda: self.segments() == [5], "deletion of all")
        self.change()
        wait_until(lambda: self.produced() and self.outlives_a_witness(), "records that stay")

    def outlives_a_witness(self):
        """Whether what is there is still there after a deletion elsewhere."""
        before = list(self.records())
        witness = f"witness-{next(self.numbers)}-of-{self.topic}"
        create_topic(self.cluster.bootstrap, witness, [[1]], cleanup_policy="delete", retention_ms=1)
        self.produce(topic=witness)
        wait_until(lambda: self.segments(witness) == [1], "deletion of a witness")
        return before and list(self.records()) == before
    numbers = itertools.count()

    def test_retention_bytes(self):
        self.make(segment_bytes=SMALL)
        self.produce(10)
        self.assertEqual(10, len(self.segments()))
        self.change(segment_bytes=SMALL, retention_bytes=400)
        wait_until(lambda: 1 < len(self.segments()) < 5, "deletion of what is too much")

    def test_file_delete_delay_ms(self):
        self.make(segment_bytes=SMALL, retention_bytes=1, file_delete_delay_ms=HOUR_MS)
        self.produce(5)
        wait_until(lambda: set(self.files(".log.deleted")) == {0, 1, 2, 3}, "deleted segments that wait")
        self.change(segment_bytes=SMALL, retention_bytes=1, file_delete_delay_ms=0)

        def are_gone():
            self.produce()
            last = self.segments()[-1]
            return last > 8 and max(self.files(".log.deleted")) < last - 2
        wait_until(are_gone, "deleted segments that do not wait")
        self.assertLessEqual({0, 1, 2, 3}, set(self.files(".log.deleted")))

    def test_cleanup_policy(self):
        self.make(cleanup_policy="compact", retention_ms=1)
        self.assertEqual(INVALID_RECORD, self.error())
        self.produce(3, key=b"k")
        self.assertTrue(self.outlives_a_witness())
        self.change(retention_ms=1)
        self.wait_error(0, None, "a record without key")
        wait_until(lambda: not self.records(), "deletion")
        self.change(cleanup_policy="compact", retention_ms=1)
        self.wait_error(INVALID_RECORD, None, "a record without key")
        self.change(cleanup_policy="compact,delete", retention_ms=1)
        self.produce(3, key=b"k")
        wait_until(lambda: not self.records(), "deletion of what is compacted too")
        self.change()
        self.wait_error(0, None, "a record without key, by default")

    # Compaction

    COMPACTED = {"cleanup_policy": "compact", "segment_bytes": SMALL, "min_cleanable_dirty_ratio": 0,
                 "min_compaction_lag_ms": 0}

    def produce_values(self, count, topic=None):
        self.produce(count, topic=topic, key=b"k")
        return True

    def check_compaction(self, held_back, let_go):
        """One setting holds back what the other, put in its place, lets go."""
        witness = self.make(name=f"witness-of-{self._testMethodName}", **self.COMPACTED)
        self.make(**{**self.COMPACTED, **held_back})
        self.produce_values(5)
        self.produce_values(5, witness)
        wait_until(lambda: self.produce_values(1, witness) and 0 not in self.records(witness), "compaction of a witness")
        self.assertEqual(list(range(5)), list(self.records()))
        self.change(**{**self.COMPACTED, **held_back, **let_go})
        wait_until(lambda: self.produce_values(1) and 0 not in self.records(), "compaction")

    def test_min_cleanable_dirty_ratio(self):
        self.check_compaction({"min_cleanable_dirty_ratio": 1}, {"min_cleanable_dirty_ratio": 0})

    def test_min_compaction_lag_ms(self):
        self.check_compaction({"min_compaction_lag_ms": HOUR_MS}, {"min_compaction_lag_ms": 0})

    def test_max_compaction_lag_ms(self):
        self.check_compaction({"min_cleanable_dirty_ratio": 1}, {"max_compaction_lag_ms": 1})

    def test_delete_retention_ms(self):
        self.make(**self.COMPACTED)

        def put_and_delete(key):
            self.produce(key=key)
            self.assertEqual(0, self.error(wire.batch([None], key=key)))

        def is_there(key, value):
            return (key, value) in self.records().values()

        def compacted():
            return self.produce_values(2)
        put_and_delete(b"first")
        wait_until(lambda: compacted() and not is_there(b"first", b"x" * 100), "compaction")
        self.assertTrue(is_there(b"first", None))
        self.change(**self.COMPACTED, delete_retention_ms=0)

        later = []

        def is_forgotten():
            later.append(b"later-%d" % len(later))
            put_and_delete(later[-1])
            return compacted() and any(not is_there(key, None) for key in later[:-1])
        wait_until(is_forgotten, "a tombstone that goes")
        self.assertTrue(is_there(b"first", None), "its day has begun before")

    # All of them

    def test_no_key_is_left_out(self):
        keys = set(re.findall(r'^    \{"([a-z0-9.]+)",\s*&TopicConfig', read(TOPIC_KEYS), re.MULTILINE))
        self.assertEqual(36, len(keys))
        tested = {name[len("test_"):].replace("_", ".") for case in (OneBrokerTest, TwoBrokersTest, OldProtocolTest) for name in dir(case)
                  if name.startswith("test_")}
        for key, file in ELSEWHERE.items():
            self.assertIn(key.partition(".")[2], read(os.path.join(ROOT, "tests/integration", file)))
        self.assertEqual(set(), keys - tested - set(ELSEWHERE) - set(WITHOUT_EFFECT))
        self.assertEqual(set(), (set(ELSEWHERE) | set(WITHOUT_EFFECT)) - keys)


class DefaultsTest(OneBrokerTest):
    """The same by what the broker's settings give to topics that have none of their own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.broker_keys = dict(re.findall(r'\{"([a-z0-9.]+)", "([a-z0-9.]+)"\}', read(TOPIC_KEYS)))

    def tearDown(self):
        change_brokers(self.cluster)

    def setUp(self):
        self.key = self._testMethodName[len("test_"):]
        if self.key == "no_key_is_left_out":
            self.skipTest("it is about the topics' own")

    def make(self, replicas=(1,), name=None, **config):
        if name is None and self.key in config:
            told = self.broker.log().count("Cluster default configs changed")
            self.change(**config)
            wait_until(lambda: self.broker.log().count("Cluster default configs changed") > told, "the default in force")
            del config[self.key]
        return super().make(replicas, name, **config)

    def change(self, **config):
        """The key that is tested; the others the topic has of its own."""
        key = self.broker_keys[self.key.replace("_", ".")]
        change_brokers(self.cluster, **({key: config[self.key]} if self.key in config else {}))


class TwoBrokersTest(TopicCase, unittest.TestCase):
    brokers = 2

    def test_min_insync_replicas(self):
        self.make([1, 2])
        self.cluster.brokers[1].stop()
        try:
            wait_isr(self.cluster, self.topic, [1])
            self.assertEqual(0, self.error())
            self.change(min_insync_replicas=2)
            wait_until(lambda: self.error() == NOT_ENOUGH_REPLICAS, "refusal with one replica")
            self.change()
            wait_until(lambda: self.error() == 0, "acceptance by default")
        finally:
            self.cluster.brokers[1].start()

    def test_unclean_leader_election_enable(self):
        self.make([2, 1])
        first, second = self.cluster.brokers
        first.stop()
        wait_isr(self.cluster, self.topic, [2])
        second.kill()
        wait_until(lambda: not self.cluster.zk().exists("/brokers/ids/2"), "end of its session")
        first.start()
        wait_until(lambda: state_of(self.cluster, self.topic)[0] == -1, "no leader")
        self.change(unclean_leader_election_enable="true")
        wait_until(lambda: state_of(self.cluster, self.topic)[0] == 1, "the replica that is left")
        second.start()


class OldProtocolTest(TopicCase, unittest.TestCase):
    """From 3.0 on message.format.version does not count any more."""
    brokers = 1
    settings = {"inter_broker_protocol_version": "2.8"}

    def test_message_format_version(self):
        self.make()

        def magic():
            self.produce()
            return self.stored()[-1][16]
        self.assertEqual(2, magic())
        for release, number in (("0.10.0", 1), ("0.9.0", 0), ("2.8", 2)):
            self.change(message_format_version=release)
            wait_until(lambda: magic() == number, f"records as {release} stores them")


if __name__ == "__main__":
    unittest.main(verbosity=2)
