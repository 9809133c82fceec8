"""What log storage costs, ours and the JVM's 3.9 one after the other: starts, appends, the cleaner; a table at the end.

tests/scale/storage.py [--partitions 1000] [--unflushed-mb 1024] [--dirty-mb 512] [--runs 3]
Takes minutes and as much disk as the last two together, which it gives back. Seconds of processor time are the whole
broker's, the JVM's compilers included; the cleaner's are its thread's."""
import argparse
import glob
import os
import random
import shutil
import signal
import socket
import statistics
import struct
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.normpath(os.path.join(HERE, "../interop")))

import peers  # noqa: E402  (the path above is needed first)
import confluent_kafka  # noqa: E402
import raw_records  # noqa: E402
import wire  # noqa: E402
import cluster as harness  # noqa: E402
from kafka.protocol.admin import CreateTopicsRequest  # noqa: E402
from kafka.protocol.produce import ProduceRequest  # noqa: E402

harness.DEADLINE_S = max(harness.DEADLINE_S, 600)
# As a broker runs in production, not as for short tests.
peers.TOOL_OPTIONS = "-server -XX:+UseG1GC -Xshare:auto -Dfile.encoding=UTF-8"
os.environ.setdefault("KAFKA_HEAP_OPTS", "-Xms1g -Xmx1g")
SETTINGS = dict(log_cleaner_enable="false", zookeeper_session_timeout_ms=6000, log_initial_task_delay_ms=0)
MB, RECORD_BYTES, IN_FLIGHT, BULK_PARTITIONS = 1 << 20, 1024, 4, 4
TICKS = os.sysconf("SC_CLK_TCK")


def ticks_of(path):
    with open(path) as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def cpu_s(broker):
    return ticks_of(f"/proc/{broker.process.pid}/stat")


def cleaner_cpu_s(broker):
    total = 0
    for task in glob.glob(f"/proc/{broker.process.pid}/task/*"):
        with open(f"{task}/comm") as comm:
            if comm.read().startswith(("log-cleaner", "kafka-log-clean")):
                total += ticks_of(f"{task}/stat")
    return total


def has_port(broker):
    assert broker.process.poll() is None, broker.log()[-3000:]
    try:
        socket.create_connection(("127.0.0.1", broker.port), 1).close()
        return True
    except OSError:
        return False


def wait_led(broker, topic, count):
    def led():
        partitions = wire.metadata(broker.port, [topic])[2][topic]
        return len(partitions) == count and all(error == 0 and leader == broker.id for error, leader in partitions.values())
    harness.wait_until(led, f"leaders of {topic}")


def create(broker, topic, partitions, **configs):
    with wire.Connection(broker.port, harness.DEADLINE_S) as connection:
        pairs = [(key.replace("_", "."), str(value)) for key, value in configs.items()]
        answer = connection.ask(CreateTopicsRequest[3]([(topic, partitions, 1, [], pairs)], 120_000, False))
    timed_out = 7  # only the wait is over
    assert answer.topic_errors[0][1] in (0, timed_out), answer
    wait_led(broker, topic, partitions)


def batch_of(count):
    records = (raw_records.record(i, None, random.randbytes(RECORD_BYTES)) for i in range(count))
    return raw_records.batch(b"".join(records), int(time.time() * 1000), count)


def write(broker, topic, batches):
    """Each (partition, batch) in a request of its own, a few of them on their way at a time."""
    with socket.create_connection(("127.0.0.1", broker.port), harness.DEADLINE_S) as connection:
        answers = connection.makefile("rb")

        def check():
            size = struct.unpack(">i", answers.read(4))[0]
            answer = ProduceRequest[5].RESPONSE_TYPE.decode(answers.read(size)[4:])
            assert answer.topics[0][1][0][1] == 0, answer

        waiting = 0
        for partition, batch in batches:
            request = ProduceRequest[5](None, 1, 60_000, [(topic, [(partition, batch)])])
            connection.sendall(wire.frame(wire.header(request.API_KEY, request.API_VERSION) + request.encode()))
            waiting += 1
            if waiting == IN_FLIGHT:
                check()
                waiting -= 1
        for _ in range(waiting):
            check()


def killed(cluster, broker):
    broker.kill()
    peers.wait_gone(cluster, broker.id)


def start(broker, topic, partitions, name, figures):
    began = time.monotonic()
    broker.launch()
    harness.wait_until(lambda: has_port(broker), "port")
    figures[f"{name}: port open, s"] = time.monotonic() - began
    wait_led(broker, topic, partitions)
    figures[f"{name}: all led, s"] = time.monotonic() - began
    figures[f"{name}: processor time, s"] = cpu_s(broker)
    broker.wait_started()


def starts(cluster, options, figures):
    broker = cluster.brokers[0]
    resident_kib = broker.rss_mb() * 1024
    create(broker, "many", options.partitions)
    figures["resident memory of an idle partition, KiB"] = (broker.rss_mb() * 1024 - resident_kib) / options.partitions
    one, before = batch_of(1), cpu_s(broker)
    write(broker, "many", ((partition, one) for partition in range(options.partitions)))
    figures["first append to a partition, processor us"] = (cpu_s(broker) - before) / options.partitions * 1e6
    began = time.monotonic()
    broker.stop()
    figures[f"clean stop with {options.partitions} partitions, s"] = time.monotonic() - began
    start(broker, "many", options.partitions, f"start after it, {options.partitions} partitions", figures)
    killed(cluster, broker)
    start(broker, "many", options.partitions, f"start after kill -9, {options.partitions} partitions", figures)


def appends(cluster, options, figures):
    broker = cluster.brokers[0]
    create(broker, "bulk", BULK_PARTITIONS)
    one = batch_of(800)
    count = options.unflushed_mb * MB // len(one)
    gigabytes = count * len(one) / 1e9
    before, began = cpu_s(broker), time.monotonic()
    write(broker, "bulk", ((i % BULK_PARTITIONS, one) for i in range(count)))
    figures["append batches of 800 KiB, MB/s"] = 1000 * gigabytes / (time.monotonic() - began)
    figures["append batches of 800 KiB, processor s/GB"] = (cpu_s(broker) - before) / gigabytes
    killed(cluster, broker)
    start(broker, "bulk", BULK_PARTITIONS, f"start with {gigabytes:.2f} GB unflushed", figures)
    broker.stop()


def cleaning(cluster, options, figures):
    """Every key twice, so that half of it goes."""
    broker = cluster.brokers[0]
    broker.start()
    create(broker, "compacted", 1, cleanup_policy="compact", segment_bytes=64 * MB, min_cleanable_dirty_ratio=0.01)
    source, count = random.Random(3), options.dirty_mb * MB // RECORD_BYTES // 2
    producer = confluent_kafka.Producer({"bootstrap.servers": cluster.bootstrap, "linger.ms": 50, "batch.size": MB // 2})
    for i in range(2 * count):
        while True:
            try:
                producer.produce("compacted", source.randbytes(RECORD_BYTES), b"%020d" % (i % count))
                break
            except BufferError:
                producer.poll(1)
    assert producer.flush(harness.DEADLINE_S) == 0
    del producer  # it would look for the broker
    broker.stop()
    broker.settings["log.cleaner.enable"] = "true"
    paths = sorted(glob.glob(f"{broker.data}/compacted-0/*.log"))
    dirty_mb = sum(os.path.getsize(path) for path in paths[:-1]) / 1e6
    end = int(os.path.basename(paths[-1])[:-4])
    broker.launch()
    checkpoint = f"{broker.data}/cleaner-offset-checkpoint"

    def cleaned():
        if not os.path.exists(checkpoint):
            return False
        with open(checkpoint) as file:
            return f"compacted 0 {end}" in file.read().splitlines()

    harness.wait_until(cleaned, "compaction")
    figures["compaction of 1 KiB records, half of which go, MB per processor s"] = dirty_mb / cleaner_cpu_s(broker)
    broker.settings["log.cleaner.enable"] = "false"


class Figures(dict):
    """What one run found, said as soon as it is known."""

    def __init__(self, title):
        super().__init__()
        self.title = title

    def __setitem__(self, name, value):
        super().__setitem__(name, value)
        print(f"{self.title}: {name}: {value:.3f}", flush=True)


def run(release, title, options):
    figures = Figures(title)
    cluster = peers.ChangingCluster(1, release=release, **SETTINGS)
    try:
        with cluster:
            for part in starts, appends, cleaning:
                part(cluster, options, figures)
    finally:
        shutil.rmtree(cluster.directory, ignore_errors=True)
    return figures


def shown(values):
    low, middle, high = min(values), statistics.median(values), max(values)
    digits = 0 if middle >= 100 else 1 if middle >= 10 else 2
    text = f"{middle:,.{digits}f}"
    return text if len(values) == 1 else f"{text} [{low:,.{digits}f}..{high:,.{digits}f}]"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in ("partitions", 1000), ("unflushed-mb", 1024), ("dirty-mb", 512), ("runs", 3):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # so that processes and disk are given back
    found = {None: {}, "3.9": {}}
    for number in range(options.runs):
        for release in (None, "3.9") if number % 2 == 0 else ("3.9", None):
            title = f"run {number + 1}, {'JVM' if release else 'Odradek'}"
            for name, value in run(release, title, options).items():
                found[release].setdefault(name, []).append(value)
    print(f"\nMedian [lowest..highest] of {options.runs} alternating runs; load {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores at the end.\n")
    print("| what | Odradek | JVM 3.9.1 |\n|---|---|---|")
    for name, values in found[None].items():
        print(f"| {name} | {shown(values)} | {shown(found['3.9'][name])} |")


if __name__ == "__main__":
    main()
