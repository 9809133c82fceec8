"""Record sets byte by byte, right and wrong, and Produce and Fetch requests of any version around them."""
import ssl as ssl_module
import struct
import zlib
from collections import namedtuple

from kafka.record.default_records import DefaultRecordBatchBuilder
from kafka.record.legacy_records import LegacyRecordBatchBuilder
from kafka.record.memory_records import MemoryRecords
from kafka.record.util import calc_crc32c

import wire

NONE, GZIP, SNAPPY, LZ4, ZSTD = range(5)
CODEC_NAMES = ["none", "gzip", "snappy", "lz4", "zstd"]
LOG_APPEND_TIME, TRANSACTIONAL, CONTROL, DELETE_HORIZON = 8, 16, 32, 64
# Where fields of a magic-2 batch begin, and how they are packed.
FIELDS = {"base_offset": (0, ">q"), "length": (8, ">i"), "leader_epoch": (12, ">i"), "magic": (16, ">b"), "crc": (17, ">I"),
          "attributes": (21, ">h"), "last_delta": (23, ">i"), "base_timestamp": (27, ">q"), "max_timestamp": (35, ">q"),
          "producer_id": (43, ">q"), "epoch": (51, ">h"), "sequence": (53, ">i"), "count": (57, ">i")}
HEADER_SIZE = 61


def varint(value):
    value = (value << 1) ^ (value >> 63)
    out = b""
    while value & ~0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def sized(data):
    return varint(-1) if data is None else varint(len(data)) + data


def record(offset_delta, key=b"key", value=b"value", timestamp_delta=0, headers=0):
    """One record of magic 2, without headers, behind its length."""
    body = b"\0" + varint(timestamp_delta) + varint(offset_delta) + sized(key) + sized(value) + varint(headers)
    return varint(len(body)) + body


def batch(payload, now_ms, count=3, **fields):
    """A magic-2 batch around bytes that may be anything; fields as in FIELDS, the checksum right unless given."""
    data = bytearray(HEADER_SIZE) + payload
    values = {"length": len(data) - 12, "leader_epoch": -1, "magic": 2, "last_delta": count - 1, "base_timestamp": now_ms,
              "max_timestamp": now_ms, "producer_id": -1, "epoch": -1, "sequence": -1, "count": count, **fields}
    for name, value in values.items():
        at, layout = FIELDS[name]
        struct.pack_into(layout, data, at, value)
    if "crc" not in fields:
        struct.pack_into(">I", data, 17, calc_crc32c(bytes(data[21:])))
    return bytes(data)


def three(**fields):
    return b"".join(record(i, **fields) for i in range(3))


def compressed(codec, now_ms, values=(b"value",) * 3, key=b"key", step_ms=0):
    """A right batch of magic 2."""
    builder = DefaultRecordBatchBuilder(2, codec, False, -1, -1, -1, 1 << 24)
    for offset, value in enumerate(values):
        assert builder.append(offset, now_ms + offset * step_ms, key, value, [])
    return bytes(builder.build())


def legacy(magic, codec, now_ms, values=(b"value",) * 3, key=b"key", first=0):
    """A right set of magic 0 or 1."""
    builder = LegacyRecordBatchBuilder(magic, codec, 1 << 24)
    for i, value in enumerate(values):
        assert builder.append(first + i, timestamp=now_ms, key=key, value=value)
    return bytes(builder.build())


def message(magic, now_ms, attributes=0, offset=0, key=b"key", value=b"value", crc=None):
    """One message of magic 0 or 1 whose fields may be anything."""
    data = struct.pack(">bb", magic, attributes) + (struct.pack(">q", now_ms) if magic else b"")
    for field in (key, value):
        data += struct.pack(">i", -1) if field is None else struct.pack(">i", len(field)) + field
    data = struct.pack(">I", zlib.crc32(data) if crc is None else crc) + data
    return struct.pack(">qi", offset, len(data)) + data


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def number(self, layout):
        value = struct.unpack_from(">" + layout, self.data, self.at)[0]
        self.at += struct.calcsize(layout)
        return value

    def blob(self, layout):
        size = self.number(layout)
        if size < 0:
            return None
        self.at += size
        return bytes(self.data[self.at - size:self.at])

    def unsigned(self):
        """An unsigned varint."""
        value, shift = 0, 0
        while True:
            byte = self.number("B")
            value |= (byte & 0x7f) << shift
            shift += 7
            if byte < 0x80:
                return value

    def compact(self):
        """A compact string or bytes."""
        size = self.unsigned() - 1
        if size < 0:
            return None
        self.at += size
        return bytes(self.data[self.at - size:self.at])

    def tags(self):
        """Tagged fields; their numbers."""
        found = []
        for _ in range(self.unsigned()):
            found.append(self.unsigned())
            self.at += self.unsigned()
        return found


def unsigned(value):
    """An unsigned varint."""
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7f | 0x80)
        value >>= 7
    return bytes(encoded + bytes([value]))


def compact(value):
    """Compact bytes, or none."""
    return unsigned(0) if value is None else unsigned(len(value) + 1) + value


def connect(broker, ssl=False):
    """A wire.Connection, under TLS when asked."""
    connection = wire.Connection(broker.ssl_port if ssl else broker.port)
    if ssl:
        context = ssl_module.create_default_context(cafile=f"{broker.cluster.certificates}/ca.pem")
        connection.socket = context.wrap_socket(connection.socket, server_hostname="127.0.0.1")
    return connection


def exchange(connection, body):
    """Sends a frame and takes the next one; its bytes, the correlation id included."""
    connection.socket.sendall(wire.frame(body))
    return take_frame(connection, b"")


def take_frame(connection, data):
    """The rest of a frame that begins with `data`; its bytes without their length."""
    data = bytearray(data)
    while len(data) < 4 or len(data) < 4 + struct.unpack_from(">i", data)[0]:
        chunk = connection.socket.recv(1 << 20)
        if not chunk:
            raise ConnectionError("the broker closed the connection")
        data += chunk
    return bytes(data[4:])


def text(value):
    return struct.pack(">h", len(value)) + value.encode()


Produced = namedtuple("Produced", "error base_offset append_time log_start record_errors message")


def produce(connection, version, topic, records, acks=-1):
    """Produce v0 to v11 to partition 0."""
    if version >= 9:
        return produce_flexible(connection, version, topic, records, acks)
    body = wire.header(0, version) + (struct.pack(">h", -1) if version >= 3 else b"") + struct.pack(">hii", acks, 10000, 1)
    body += text(topic) + struct.pack(">ii", 1, 0)
    body += struct.pack(">i", -1) if records is None else struct.pack(">i", len(records)) + records
    answer = Reader(exchange(connection, body))
    assert (answer.number("i"), answer.number("i"), answer.blob("h"), answer.number("i"), answer.number("i")) == (
        1, 1, topic.encode(), 1, 0)
    error, base_offset = answer.number("h"), answer.number("q")
    append_time = answer.number("q") if version >= 2 else None
    log_start = answer.number("q") if version >= 5 else None
    record_errors, reason = None, None
    if version >= 8:
        record_errors = [(answer.number("i"), answer.blob("h")) for _ in range(answer.number("i"))]
        reason = answer.blob("h")
    return Produced(error, base_offset, append_time, log_start, record_errors, reason)


def produce_flexible(connection, version, topic, records, acks):
    no_tags = b"\0"
    body = wire.header(0, version) + no_tags + compact(None) + struct.pack(">hi", acks, 10000)
    body += unsigned(2) + compact(topic.encode()) + unsigned(2) + struct.pack(">i", 0) + compact(records) + 3 * no_tags
    answer = Reader(exchange(connection, body))
    assert (answer.number("i"), answer.tags(), answer.unsigned(), answer.compact(), answer.unsigned(), answer.number("i")) == (
        1, [], 2, topic.encode(), 2, 0)
    error, base_offset, append_time, log_start = answer.number("h"), answer.number("q"), answer.number("q"), answer.number("q")
    record_errors = [(answer.number("i"), answer.compact(), answer.tags())[:2] for _ in range(answer.unsigned() - 1)]
    reason = answer.compact()
    assert (answer.tags(), answer.tags(), answer.number("i"), answer.tags()) == ([], [], 0, [])
    assert answer.at == len(answer.data)
    return Produced(error, base_offset, append_time, log_start, record_errors, reason)


Fetched = namedtuple("Fetched", "error high_watermark log_start records")


def fetch(connection, version, topic, **options):
    """Fetch v0 to v11 of partition 0, without a session."""
    send_fetch(connection, version, topic, **options)
    return finish_fetch(connection, version, topic, b"")


def send_fetch(connection, version, topic, offset=0, max_bytes=1 << 20, partition_max_bytes=1 << 20, min_bytes=0):
    body = wire.header(1, version) + struct.pack(">iii", -1, 1000, min_bytes)
    body += (struct.pack(">i", max_bytes) if version >= 3 else b"") + (b"\0" if version >= 4 else b"")
    body += struct.pack(">ii", 0, -1) if version >= 7 else b""
    body += struct.pack(">i", 1) + text(topic) + struct.pack(">ii", 1, 0)
    body += (struct.pack(">i", -1) if version >= 9 else b"") + struct.pack(">q", offset)
    body += (struct.pack(">q", -1) if version >= 5 else b"") + struct.pack(">i", partition_max_bytes)
    body += (struct.pack(">i", 0) if version >= 7 else b"") + (text("") if version >= 11 else b"")
    connection.socket.sendall(wire.frame(body))


def begin_answer(connection):
    """Waits until the broker has begun to answer, and takes no more than that."""
    return connection.socket.recv(16)


def finish_fetch(connection, version, topic, begun):
    answer = Reader(take_frame(connection, begun))
    assert answer.number("i") == 1
    if version >= 1:
        answer.number("i")
    if version >= 7:
        assert (answer.number("h"), answer.number("i")) == (0, 0)
    assert (answer.number("i"), answer.blob("h"), answer.number("i"), answer.number("i")) == (1, topic.encode(), 1, 0)
    error, high_watermark = answer.number("h"), answer.number("q")
    log_start = None
    if version >= 4:
        answer.number("q")
        log_start = answer.number("q") if version >= 5 else None
        aborted = answer.number("i")
        assert aborted <= 0, aborted
    if version >= 11:
        answer.number("i")
    return Fetched(error, high_watermark, log_start, answer.blob("i") or b"")


def entries(records):
    """The whole entries of a set, by their size fields alone."""
    at = 0
    while at + 12 <= len(records):
        size = 12 + struct.unpack_from(">i", records, at + 8)[0]
        if at + size > len(records):
            return
        yield records[at:at + size]
        at += size


def contents(records):
    """What a client reads in a set: (magic of the entry, offset, timestamp, key, value) of each record."""
    found = []
    for entry in entries(records):
        for one in MemoryRecords(entry).next_batch():
            found.append((entry[16], one.offset, one.timestamp, one.key, one.value))
    return found
