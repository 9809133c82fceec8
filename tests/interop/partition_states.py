"""Everything that a broker answers of partitions, thousands at a time, byte for byte: to be compared with what another one answers."""
import struct
from collections import namedtuple

import wire
from raw_records import Reader, entries, exchange, text

# `stable`: up to where readers of committed records see; `epochs`: {epoch: (epoch, end offset)} as OffsetForLeaderEpoch answers;
# `found`: the answers of ListOffsets to the times asked for.
State = namedtuple("State", "start end stable records aborted epochs found")
EARLIEST = -2


def by_topic(partitions, body):
    """The nested arrays of most requests; body((topic, partition)) is what stands behind the partition's number."""
    topics = {}
    for topic, partition in partitions:
        topics.setdefault(topic, []).append(partition)
    out = struct.pack(">i", len(topics))
    for topic, numbers in topics.items():
        out += text(topic) + struct.pack(">i", len(numbers))
        out += b"".join(struct.pack(">i", number) + body((topic, number)) for number in numbers)
    return out


def answers(reader):
    """The topic of each partition that an answer holds; whoever asks reads the partition next."""
    for _ in range(reader.number("i")):
        topic = reader.blob("h").decode()
        for _ in range(reader.number("i")):
            yield topic


def ask(connection, api_key, version, body):
    reader = Reader(exchange(connection, wire.header(api_key, version) + body))
    assert reader.number("i") == 1
    return reader


def list_offsets(connection, partitions, time_ms):
    """{partition: (error, timestamp, offset)} by ListOffsets v1."""
    reader = ask(connection, 2, 1, struct.pack(">i", -1) + by_topic(partitions, lambda _: struct.pack(">q", time_ms)))
    found = {}
    for topic in answers(reader):
        partition = reader.number("i")
        found[topic, partition] = reader.number("h"), reader.number("q"), reader.number("q")
    return found


def epoch_ends(connection, partitions, epoch):
    """{partition: (epoch, end offset)} by OffsetForLeaderEpoch v3."""
    reader = ask(connection, 23, 3, struct.pack(">i", -1) + by_topic(partitions, lambda _: struct.pack(">ii", -1, epoch)))
    reader.number("i")
    found = {}
    for topic in answers(reader):
        error, partition = reader.number("h"), reader.number("i")
        assert error == 0, (topic, partition, error)
        found[topic, partition] = reader.number("i"), reader.number("q")
    return found


def fetch(connection, positions, committed):
    """One Fetch v11 from these positions: {partition: (error, end, stable, start, aborted, records)}."""
    body = struct.pack(">iiiibii", -1, 1000, 0, 50 << 20, committed, 0, -1)
    body += by_topic(positions, lambda partition: struct.pack(">iqqi", -1, positions[partition], -1, 2 << 20))
    reader = ask(connection, 1, 11, body + struct.pack(">i", 0) + text(""))
    assert (reader.number("i"), reader.number("h"), reader.number("i")) == (0, 0, 0)
    found = {}
    for topic in answers(reader):
        partition, error, *offsets = (reader.number(layout) for layout in "ihqqq")
        aborted = [(reader.number("q"), reader.number("q")) for _ in range(reader.number("i"))]
        reader.number("i")
        found[topic, partition] = error, *offsets, aborted, reader.blob("i") or b""
    return found


def next_offset(batch):
    if batch[16] < 2:  # the offset of the last record
        return struct.unpack_from(">q", batch)[0] + 1
    return struct.unpack_from(">q", batch)[0] + struct.unpack_from(">i", batch, 23)[0] + 1


def read_to_end(connection, positions, committed=0):
    """{partition: (end, stable, start, aborted, records)} of all that readers see from these positions on."""
    positions, found = dict(positions), {}
    while positions:
        before = dict(positions)
        for partition, (error, end, stable, start, aborted, records) in fetch(connection, positions, committed).items():
            assert error == 0, (partition, error)
            whole = list(entries(records))
            known = found.setdefault(partition, [end, stable, start, set(), bytearray()])
            known[3].update(aborted)
            known[4] += b"".join(whole)
            if whole:
                positions[partition] = next_offset(whole[-1])
            if positions[partition] >= (stable if committed else end):
                del positions[partition]
        # What compaction took from the end of a log is no record either.
        assert positions != before, f"no progress: {sorted(positions.items())[:10]}"
    return found


def states(port, partitions, last_epoch, times_ms):
    """{partition: State}; `last_epoch` is the highest that any of them had."""
    with wire.Connection(port, timeout_s=60) as connection:
        starts = {partition: offset for partition, (_, _, offset) in list_offsets(connection, partitions, EARLIEST).items()}
        all_of_it, committed = read_to_end(connection, starts), read_to_end(connection, starts, committed=1)
        epochs = [epoch_ends(connection, partitions, epoch) for epoch in range(last_epoch + 1)]
        found = [list_offsets(connection, partitions, time_ms) for time_ms in times_ms]
    for partition, (_, stable, _, _, records) in committed.items():
        assert all_of_it[partition][4].startswith(records), f"{partition}: what is committed differs from what is there"
        assert stable == all_of_it[partition][1], partition
    return {partition: State(start, end, stable, bytes(records), committed[partition][3],
                             {epoch: ends[partition] for epoch, ends in enumerate(epochs)},
                             [offsets[partition] for offsets in found])
            for partition, (end, stable, start, _, records) in all_of_it.items()}


def produce(connection, batches, transactional_id=None):
    """One Produce v5 of a batch for each partition: {partition: (error, base offset)}."""
    name = struct.pack(">h", -1) if transactional_id is None else text(transactional_id)
    body = name + struct.pack(">hi", -1, 30000)
    body += by_topic(batches, lambda partition: struct.pack(">i", len(batches[partition])) + batches[partition])
    reader = ask(connection, 0, 5, body)
    found = {}
    for topic in answers(reader):
        partition = reader.number("i")
        found[topic, partition] = reader.number("h"), reader.number("q")
        reader.number("q"), reader.number("q")
    return found


def write_markers(connection, producer_id, commit, partitions):
    """WriteTxnMarkers v0 of one transaction."""
    body = struct.pack(">iqhb", 1, producer_id, 0, commit)
    topics = {topic: [number for other, number in partitions if other == topic] for topic, _ in partitions}
    body += struct.pack(">i", len(topics))
    for topic, numbers in topics.items():
        body += text(topic) + struct.pack(f">i{len(numbers)}i", len(numbers), *numbers)
    reader = ask(connection, 27, 0, body + struct.pack(">i", 0))
    assert (reader.number("i"), reader.number("q")) == (1, producer_id)
    for topic in answers(reader):
        partition, error = reader.number("i"), reader.number("h")
        assert error == 0, (topic, partition, error)


def delete_records(connection, offsets):
    """DeleteRecords v1 up to these offsets: {partition: low watermark}."""
    body = by_topic(offsets, lambda partition: struct.pack(">q", offsets[partition])) + struct.pack(">i", 30000)
    reader = ask(connection, 21, 1, body)
    reader.number("i")
    found = {}
    for topic in answers(reader):
        partition, low, error = reader.number("i"), reader.number("q"), reader.number("h")
        assert error == 0, (topic, partition, error)
        found[topic, partition] = low
    return found
