"""The same bytes, right and broken, to the JVM's broker and to ours: both must accept, refuse, store and give back the same."""
import gzip
import itertools
import struct
import time
import unittest
import zlib
from collections import namedtuple

from confluent_kafka.admin import AdminClient, NewTopic

from kafka.protocol.offset import OffsetRequest

import peers
import raw_records as raw
import wire
from cluster import DEADLINE_S, Cluster, wait_until
from raw_records import GZIP, LZ4, NONE, SNAPPY, ZSTD

NOW_MS = int(time.time() * 1000)
DAY_MS = 24 * 3600 * 1000
FAR = {"message.timestamp.before.max.ms": 1000_000, "message.timestamp.after.max.ms": 1000_000}
COMPACTED = {"cleanup.policy": "compact"}
APPEND_TIME = {"message.timestamp.type": "LogAppendTime"}

Case = namedtuple("Case", "name version records settings")


def modern(payload=None, **fields):
    return raw.batch(raw.three() if payload is None else payload, NOW_MS, **fields)


def squeezed(codec, payload, **fields):
    """A batch whose records are not right, compressed as a right one's are."""
    assert codec == GZIP
    return raw.batch(gzip.compress(payload), NOW_MS, attributes=codec, **fields)


def reseal(data):
    """The checksum of a changed magic-2 batch made right again."""
    data = bytearray(data)
    struct.pack_into(">I", data, 17, raw.calc_crc32c(bytes(data[21:])))
    return bytes(data)


def shortened(codec, cut):
    """A compressed batch whose payload ends too early although its header knows nothing of it."""
    data = bytearray(raw.compressed(codec, NOW_MS, [b"value" * 100] * 3))[:-cut]
    struct.pack_into(">i", data, 8, len(data) - 12)
    return reseal(data)


def wrapper(magic, codec, inner, offset=0, attributes=0):
    assert codec == GZIP
    return raw.message(magic, NOW_MS, codec | attributes, offset, None, gzip.compress(inner))


def header_cases():
    good, other = modern(), modern(raw.three(key=b"other"))
    for version in range(12):
        yield Case(f"right-v{version}", version, good, {})
    for version in [2, 3, 8, 9, 11]:
        yield Case(f"no-bytes-v{version}", version, b"", {})
        yield Case(f"two-batches-v{version}", version, good + other, {})
        yield Case(f"cut-second-v{version}", version, good + other[:30], {})
        yield Case(f"cut-first-v{version}", version, good[:40], {})
        yield Case(f"twelve-bytes-v{version}", version, good[:12], {})
        yield Case(f"five-bytes-v{version}", version, good[:5], {})
        for magic in [-1, 0, 1, 3]:
            yield Case(f"magic-{magic}-v{version}", version, modern(magic=magic), {})
        for length in [-1, 0, 13, 14, 40, 48, 200]:
            yield Case(f"length-{length}-v{version}", version, modern(length=length), {})
    changes = [dict(crc=7), dict(base_offset=7), dict(base_offset=-1), dict(leader_epoch=77), dict(last_delta=-1), dict(last_delta=-5),
               dict(last_delta=5), dict(last_delta=1), dict(count=0), dict(count=-1), dict(count=2), dict(count=4),
               dict(count=2, last_delta=1), dict(count=4, last_delta=3), dict(max_timestamp=5), dict(max_timestamp=NOW_MS + DAY_MS),
               dict(max_timestamp=-1), dict(base_timestamp=-1, max_timestamp=-1), dict(base_timestamp=-5, max_timestamp=-5),
               dict(last_delta=2**31 - 1), dict(base_offset=7, crc=7), dict(count=0, last_delta=-1)]
    changes += [dict(attributes=bits) for bits in [raw.LOG_APPEND_TIME, raw.CONTROL, raw.DELETE_HORIZON, 128, 256, 0x4000, 5, 6, 7, GZIP]]
    changes += [dict(producer_id=5, epoch=epoch, sequence=sequence) for epoch, sequence in [(0, 0), (0, -1), (0, 5), (-1, 0), (3, 2**31 - 1)]]
    for fields in changes:
        name = "-".join(f"{key}-{value}" for key, value in fields.items()).replace("_", "-").replace(str(NOW_MS + DAY_MS), "late")
        yield Case(name, 8, modern(**fields), {})
    yield Case("max-message-bytes", 8, good, {"max.message.bytes": len(good)})
    yield Case("max-message-bytes-less-one", 8, good, {"max.message.bytes": len(good) - 1})
    yield Case("too-large-and-corrupt", 8, modern(crc=7), {"max.message.bytes": 20})
    yield Case("segment-bytes", 8, good, {"segment.bytes": len(good)})
    yield Case("segment-bytes-less-one", 8, good, {"segment.bytes": len(good) - 1})


def record_cases():
    right = raw.three()
    broken = {"empty": b"", "two": raw.record(0) + raw.record(1), "trailing": right + b"\0", "cut": right[:-1],
              "zero-length": b"\0" + right, "negative-length": raw.varint(-1) + right,
              "huge-length": raw.varint(2**30) + right, "endless-varint": b"\xff" * 12 + right,
              "null-value": raw.three(value=None), "null-key": raw.three(key=None), "empty-value": raw.three(value=b""),
              "negative-headers": raw.three(headers=-1), "too-many-headers": raw.three(headers=3),
              "gap": raw.record(0) + raw.record(2) + raw.record(1), "same": raw.record(0) + raw.record(0) + raw.record(2),
              "from-one": raw.record(1) + raw.record(2) + raw.record(3), "negative-delta": raw.record(-1) + raw.record(1) + raw.record(2)}
    for name, payload in broken.items():
        yield Case(f"records-{name}", 8, modern(payload), {})
        yield Case(f"gzip-records-{name}", 8, squeezed(GZIP, payload), {})
    yield Case("key-size-minus-two", 8, modern(raw.record(0).replace(raw.sized(b"key"), raw.varint(-2)) * 3), {})
    yield Case("no-key-compacted", 8, modern(raw.record(0) + raw.record(1, key=None) + raw.record(2, key=None)), COMPACTED)
    yield Case("gzip-no-key-compacted", 8, squeezed(GZIP, raw.record(0, key=None) + raw.record(1) + raw.record(2)), COMPACTED)
    yield Case("no-key-compacted-v7", 7, modern(raw.record(0, key=None) + raw.record(1) + raw.record(2)), COMPACTED)
    times = raw.record(0) + raw.record(1, timestamp_delta=-DAY_MS) + raw.record(2, timestamp_delta=DAY_MS)
    yield Case("times-far", 8, modern(times), {})
    yield Case("times-too-far", 8, modern(times), FAR)
    yield Case("gzip-times-too-far", 8, squeezed(GZIP, times), FAR)
    yield Case("times-too-far-append-time", 8, modern(times), {**FAR, **APPEND_TIME})
    mixed = raw.record(0, key=None) + raw.record(1, timestamp_delta=-DAY_MS) + raw.record(2)
    yield Case("no-key-and-too-far", 8, modern(mixed), {**FAR, **COMPACTED})
    yield Case("append-time-of-client-too-far", 8, modern(times, attributes=raw.LOG_APPEND_TIME), FAR)
    yield Case("append-time-of-client-and-topic", 8, modern(attributes=raw.LOG_APPEND_TIME), APPEND_TIME)
    yield Case("append-time-of-client-no-time", 8, modern(attributes=raw.LOG_APPEND_TIME, max_timestamp=-1), {})


def codec_cases():
    for codec, name in enumerate(raw.CODEC_NAMES):
        right = raw.compressed(codec, NOW_MS, step_ms=5)
        for version in [2, 3, 6, 7]:
            yield Case(f"{name}-v{version}", version, right, {})
        for target in ["uncompressed", "gzip", "snappy", "lz4", "zstd", "producer"]:
            yield Case(f"{name}-to-{target}", 7, right, {"compression.type": target})
        yield Case(f"{name}-append-time", 7, right, APPEND_TIME)
        yield Case(f"{name}-count-4", 8, reseal(right[:23] + struct.pack(">i", 3) + right[27:57] + struct.pack(">i", 4) + right[61:]), {})
        yield Case(f"{name}-count-2", 8, reseal(right[:23] + struct.pack(">i", 1) + right[27:57] + struct.pack(">i", 2) + right[61:]), {})
        yield Case(f"{name}-max-timestamp", 8, reseal(right[:35] + struct.pack(">q", 9) + right[43:]), {})
        if codec != NONE:
            yield Case(f"{name}-cut", 8, shortened(codec, 4), {})
            yield Case(f"{name}-garbage", 8, raw.batch(b"\x01garbage" * 9, NOW_MS, attributes=codec), {})
            yield Case(f"{name}-empty", 8, raw.batch(b"", NOW_MS, attributes=codec), {})
    yield Case("zstd-from-none-v3", 3, modern(), {"compression.type": "zstd"})
    yield Case("large-after-conversion", 8, raw.compressed(GZIP, NOW_MS, [b"a" * 5000]),
               {"compression.type": "uncompressed", "max.message.bytes": 1000})


def legacy_cases():
    for magic in [0, 1]:
        for codec in [NONE, GZIP, SNAPPY, LZ4]:
            right = raw.legacy(magic, codec, NOW_MS)
            name = f"magic-{magic}-{raw.CODEC_NAMES[codec]}"
            for version in [0, 1, 2, 3]:
                yield Case(f"{name}-v{version}", version, right, {})
            yield Case(f"{name}-append-time", 2, right, APPEND_TIME)
            yield Case(f"{name}-to-lz4", 2, right, {"compression.type": "lz4"})
            yield Case(f"{name}-compacted", 2, raw.legacy(magic, codec, NOW_MS, key=None), COMPACTED)
            yield Case(f"{name}-too-far", 2, raw.legacy(magic, codec, NOW_MS - DAY_MS), FAR)
            yield Case(f"{name}-from-7", 2, raw.legacy(magic, codec, NOW_MS, first=7), {})
            yield Case(f"{name}-twice", 2, right + right, {})
            yield Case(f"{name}-then-other-magic", 2, right + raw.legacy(1 - magic, NONE, NOW_MS), {})
            yield Case(f"{name}-then-magic-2", 2, right + modern(), {})
            yield Case(f"{name}-cut", 2, right + right[:20], {})
        one = [raw.message(magic, NOW_MS, offset=i) for i in range(3)]
        yield Case(f"magic-{magic}-crc", 2, raw.message(magic, NOW_MS, crc=7), {})
        yield Case(f"magic-{magic}-inner-crc", 2, wrapper(magic, GZIP, one[0] + raw.message(magic, NOW_MS, crc=7, offset=1), 1), {})
        yield Case(f"magic-{magic}-inner-magic", 2, wrapper(magic, GZIP, one[0] + raw.message(1 - magic, NOW_MS, offset=1), 1), {})
        yield Case(f"magic-{magic}-inner-cut", 2, wrapper(magic, GZIP, one[0] + one[1][:-3], 1), {})
        yield Case(f"magic-{magic}-inner-order", 2, wrapper(magic, GZIP, one[2] + one[0] + one[1], 2), {})
        yield Case(f"magic-{magic}-inner-gap", 2, wrapper(magic, GZIP, one[0] + one[2], 2), {})
        yield Case(f"magic-{magic}-inner-nothing", 2, wrapper(magic, GZIP, b""), {})
        yield Case(f"magic-{magic}-nested", 2, wrapper(magic, GZIP, wrapper(magic, GZIP, one[0])), {})
        yield Case(f"magic-{magic}-wrapper-offset-low", 2, wrapper(magic, GZIP, b"".join(one), 1), {})
        yield Case(f"magic-{magic}-wrapper-null", 2, raw.message(magic, NOW_MS, GZIP, key=None, value=None), {})
        yield Case(f"magic-{magic}-wrapper-garbage", 2, raw.message(magic, NOW_MS, GZIP, key=None, value=b"garbage"), {})
        yield Case(f"magic-{magic}-null-value", 2, raw.message(magic, NOW_MS, value=None), {})
        for bits in [4, 5, 7, 8, 16, 64]:
            yield Case(f"magic-{magic}-attributes-{bits}", 2, raw.message(magic, NOW_MS, attributes=bits), {})
        body = raw.message(magic, NOW_MS)[16:]
        short = body[:-3]
        yield Case(f"magic-{magic}-value-beyond", 2, struct.pack(">qiI", 0, len(short) + 4, zlib.crc32(short)) + short, {})
    yield Case("format-of-no-account", 2, raw.legacy(1, NONE, NOW_MS), {"message.format.version": "0.10.2"})
    yield Case("magic-1-no-time", 2, raw.message(1, -1), FAR)
    yield Case("magic-1-negative-time", 2, raw.message(1, -5), {})


def format_cases():
    """Of every format and codec, and what only the newest can hold."""
    for codec in [NONE, GZIP, SNAPPY, LZ4, ZSTD]:
        name = raw.CODEC_NAMES[codec]
        for magic in [0, 1, 2]:
            if codec == ZSTD and magic < 2:
                continue
            right = raw.compressed(codec, NOW_MS, step_ms=5) if magic == 2 else raw.legacy(magic, codec, NOW_MS)
            yield Case(f"magic-{magic}-{name}", 7 if magic == 2 else 2, right, {})
            yield Case(f"magic-{magic}-{name}-append-time", 7 if magic == 2 else 2, right, APPEND_TIME)
            yield Case(f"magic-{magic}-{name}-to-gzip", 7 if magic == 2 else 2, right, {"compression.type": "gzip"})
            yield Case(f"magic-{magic}-{name}-uncompressed", 7 if magic == 2 else 2, right, {"compression.type": "uncompressed"})
    yield Case("idempotent", 7, modern(producer_id=5, epoch=0, sequence=0), {})
    yield Case("to-zstd", 7, modern(), {"compression.type": "zstd"})
    yield Case("corrupt", 7, modern(crc=7), {})
    yield Case("control", 7, modern(attributes=raw.CONTROL), {})
    yield Case("no-key", 8, modern(raw.record(0) + raw.record(1, key=None) + raw.record(2)), COMPACTED)


def cases():
    for make in [header_cases, record_cases, codec_cases, legacy_cases]:
        yield from make()


NAMED = "the JVM has no better name than UNKNOWN_SERVER_ERROR for it"
RENUMBERED = "the JVM stores offsets that overlap or do not begin at the base offset"
# Where we mean to differ: both refuse, or both accept.
KNOWN = {"length-14-v2": NAMED, "records-endless-varint": NAMED, "magic-0-value-beyond": NAMED, "magic-1-value-beyond": NAMED,
         "zstd-empty": "the JVM sees the end of the records in a payload that is no zstd frame",
         **{f"{name}-on-{release}": NAMED for name in ["magic-2-zstd", "magic-2-zstd-append-time", "to-zstd"]
            for release in ["0.9.0", "0.10.2", "None"]},
         "records-gap": RENUMBERED, "records-same": RENUMBERED, "records-from-one": RENUMBERED, "records-negative-delta": RENUMBERED}


class Side:
    """One of the two brokers, with a topic for each case."""

    def __init__(self, cluster):
        self.port = cluster.brokers[0].port
        self.admin = AdminClient({"bootstrap.servers": cluster.bootstrap})

    def create(self, topics):
        new = [NewTopic(name, 1, 1, config={key: str(value) for key, value in settings.items()}) for name, settings in topics.items()]
        for name, future in self.admin.create_topics(new, operation_timeout=DEADLINE_S).items():
            future.result(DEADLINE_S)
        wait_until(lambda: all(parts.get(0) == (0, 1) for parts in wire.metadata(self.port)[2].values()), "leaders of all topics")

    def produce(self, version, topic, records):
        try:
            with wire.Connection(self.port) as connection:
                return raw.produce(connection, version, topic, records)
        except ConnectionError:
            return "closed"

    def fetch(self, version, topic, **options):
        try:
            with wire.Connection(self.port) as connection:
                return raw.fetch(connection, version, topic, **options)
        except ConnectionError:
            return "closed"


def answer_of(produced):
    """What must be the same of an answer: a time of appending as whether there is one, texts not at all."""
    if produced == "closed":
        return produced
    return produced._replace(append_time=produced.append_time is not None and produced.append_time >= 0, message=None,
                             record_errors=produced.record_errors and [index for index, _ in produced.record_errors])


def stored_of(records, settings):
    """What must be the same of stored bytes: all of them, but for compression anew and the time of appending."""
    exact = "compression.type" not in settings and settings.get("message.timestamp.type") != "LogAppendTime"
    found = []
    for entry in raw.entries(records):
        if entry[16] < 2:
            found.append(entry if exact and not entry[17] & 7 else (entry[:8], entry[16:18]))
            continue
        fields = {name: struct.unpack_from(layout, entry, at)[0] for name, (at, layout) in raw.FIELDS.items()}
        if not exact or fields["attributes"] & 7:
            del fields["crc"], fields["length"]
        if not exact:
            del fields["max_timestamp"]
        found.append((fields, entry[61:] if exact and not fields["attributes"] & 7 else None))
    return found


class RecordRulesTest(unittest.TestCase):
    maxDiff = None

    def compare(self, theirs, ours, table):
        topics = {case.name: case.settings for case in table}
        self.assertEqual(len(topics), len(table), "two cases of one name")
        for side in (theirs, ours):
            side.create(topics)
        differences, meant = [], set()
        for case in table:
            answers = [side.produce(case.version, case.name, case.records) for side in (theirs, ours)]
            stored = [side.fetch(10, case.name) for side in (theirs, ours)]
            kept = [one if one == "closed" else (one[:3], stored_of(one.records, case.settings)) for one in stored]
            if case.name in KNOWN:
                self.assertEqual(answers[0].error == 0, answers[1].error == 0, case.name)
                if (answer_of(answers[0]), kept[0]) != (answer_of(answers[1]), kept[1]):
                    meant.add(case.name)
                continue
            if answer_of(answers[0]) != answer_of(answers[1]):
                differences.append(f"{case.name}: answered {answers[1]}, the JVM {answers[0]}")
            if answers[0] != "closed" and answers[0].message and not answers[1].message:
                differences.append(f"{case.name}: no message, the JVM says {answers[0].message}")
            if kept[0] != kept[1]:
                differences.append(f"{case.name}: stored {kept[1]}, the JVM {kept[0]}")
        self.assertEqual([], differences, f"{len(differences)} differences\n" + "\n".join(differences))
        self.assertEqual({case.name for case in table} & set(KNOWN), meant, "differences that have gone")

    def test_produce(self):
        with peers.ChangingCluster(1, release="3.9") as theirs, Cluster(1) as ours:
            self.compare(Side(theirs), Side(ours), list(cases()))

    def test_produce_to_old_formats(self):
        """The cluster is one with brokers of before 3.0, so that topics may still store old formats."""
        table = []
        for release in ["0.9.0", "0.10.2", "0.11.0", "2.8", None]:
            settings = {"message.format.version": release} if release else {}
            table += [Case(f"{case.name}-on-{release}", case.version, case.records, {**case.settings, **settings})
                      for case in format_cases()]
        old = dict(inter_broker_protocol_version="2.8", log_message_format_version="0.10.2")
        with peers.ChangingCluster(1, release="3.9", **old) as theirs, Cluster(1, **old) as ours:
            self.compare(Side(theirs), Side(ours), table)

    def test_offsets_by_time_in_old_formats(self):
        old = dict(inter_broker_protocol_version="2.8")
        with peers.ChangingCluster(1, release="3.9", **old) as theirs, Cluster(1, **old) as ours:
            found = [self.offsets_by_time(Side(cluster)) for cluster in (theirs, ours)]
        self.assertEqual(found[0], found[1])

    @staticmethod
    def offsets_by_time(side):
        """What ListOffsets v1 and v2 answer for the ends and for times before, between and after the records'."""
        topics = {f"timed-{release}": {"message.format.version": release} for release in ["0.9.0", "0.10.2", "0.11.0"]}
        side.create(topics)
        answers = []
        for topic in topics:
            for i, (codec, magic) in enumerate(itertools.product([NONE, GZIP, LZ4], [1, 2])):
                at_ms = NOW_MS + 1000 * i
                records = raw.compressed(codec, at_ms, step_ms=5) if magic == 2 else raw.legacy(magic, codec, at_ms)
                assert side.produce(2, topic, records).error == 0
            for version, time_ms in itertools.product([1, 2], [-1, -2, 0, *range(NOW_MS - 1, NOW_MS + 7001, 250), NOW_MS + 1005, NOW_MS + DAY_MS]):
                with wire.Connection(side.port) as connection:
                    scope = (0,) if version == 2 else ()
                    answer = connection.ask(OffsetRequest[version](-1, *scope, [(topic, [(0, time_ms)])]))
                    answers.append((topic, version, time_ms - NOW_MS, answer.topics))
        return answers

    def test_compression_levels(self):
        """The levels of the topic count, and come to about the sizes that they come to with the JVM."""
        levels = {"gzip": (1, 9), "lz4": (1, 17), "zstd": (-5, 19)}
        words = [b"%d " % (i * i % 7919) for i in range(4000)]
        values = [b"".join(words[(i * 37 + j * j) % 4000] for j in range(150)) for i in range(300)]
        with peers.ChangingCluster(1, release="3.9") as theirs, Cluster(1) as ours:
            sizes = [self.sizes_by_level(Side(cluster), levels, raw.compressed(NONE, NOW_MS, values)) for cluster in (theirs, ours)]
        for codec, (low, high) in levels.items():
            self.assertGreater(sizes[1][codec, low], sizes[1][codec, high], codec)
            for level in (low, high):
                self.assertAlmostEqual(1, sizes[1][codec, level] / sizes[0][codec, level], delta=0.2, msg=f"{codec} {level}: {sizes}")

    @staticmethod
    def sizes_by_level(side, levels, records):
        topics = {(codec, level): f"{codec}-at-{level}" for codec, both in levels.items() for level in both}
        side.create({name: {"compression.type": codec, f"compression.{codec}.level": level} for (codec, level), name in topics.items()})
        for name in topics.values():
            assert side.produce(8, name, records).error == 0, name
        return {key: len(side.fetch(10, name).records) for key, name in topics.items()}

    def test_fetch(self):
        with peers.ChangingCluster(1, release="3.9") as theirs, Cluster(1) as ours:
            self.compare_reads(Side(theirs), Side(ours))

    def compare_reads(self, theirs, ours):
        settings = {"mixed": {}, "zstd": {}, "late-zstd": {}, "to-zstd": {"compression.type": "zstd"}, "large": {},
                    "as-they-are": {"message.downconversion.enable": "false"}, "append-time": APPEND_TIME}
        for side in (theirs, ours):
            side.create(settings)
            self.write(side)
        differences = []
        for topic, version, offset, limit in itertools.product(settings, range(12), [0, 1, 4, 7, 1000], [1 << 20, 600, 100, 10, 0]):
            found = [side.fetch(version, topic, offset=offset, partition_max_bytes=limit) for side in (theirs, ours)]
            seen = [one._replace(records=self.seen(one.records, topic)) for one in found]
            if seen[0] != seen[1]:
                differences.append(f"{topic} v{version} from {offset}, {limit} bytes: {seen[1]}, the JVM {seen[0]}")
        self.assertEqual([], differences, f"{len(differences)} differences\n" + "\n".join(differences[:20]))

    @staticmethod
    def write(side):
        for codec in [NONE, GZIP, SNAPPY, LZ4]:
            side.produce(7, "mixed", raw.compressed(codec, NOW_MS, step_ms=3))
            side.produce(7, "as-they-are", raw.compressed(codec, NOW_MS))
            side.produce(7, "append-time", raw.compressed(codec, NOW_MS))
            side.produce(7, "large", raw.compressed(codec, NOW_MS, [bytes([codec, i % 251]) * 500 for i in range(100)]))
        side.produce(7, "zstd", raw.compressed(ZSTD, NOW_MS))
        side.produce(7, "to-zstd", raw.compressed(GZIP, NOW_MS))
        for codec in [NONE, ZSTD, NONE]:
            side.produce(7, "late-zstd", raw.compressed(codec, NOW_MS))

    @staticmethod
    def seen(records, topic):
        """The size that was stated, and what clients see in it: times of appending and compressors are each broker's own."""
        found = raw.contents(records)
        if topic == "to-zstd":
            return found
        if topic == "append-time":
            found = [one[:2] + one[3:] for one in found]
        return len(records), found


if __name__ == "__main__":
    unittest.main(verbosity=2)
