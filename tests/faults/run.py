"""Runs seeded schedules of faults against a cluster under load, and checks what clients were told and what lies on the disks.

    run.py --seed S [--schedules N] [--seconds T] [--brokers ours,3.9,2.8]

Each schedule has a cluster of its own. Exit code 1 when one of them broke something; its directory is kept and its seed printed.
"""
import argparse
import collections
import logging
import signal
import sys
import threading
import time
import traceback

import network

from fault_cluster import FaultCluster, Faults, harness  # first: it sets the path to what follows
import schedule
from load import Load, create_topic
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition
from replica_logs import check_same_logs

TOPICS = {"plain": 3, "idempotent": 3}
SPREAD = [[1, 2, 3], [2, 3, 1], [3, 1, 2]]
FATAL = ("Check failed", "terminate called", "Segmentation fault", "*** SIG", "java.lang.AssertionError")


class Recent(logging.Handler):
    """Keeps the last lines of what librdkafka says of brokers and leaders, for a run that breaks."""
    settings = {"debug": "broker,topic,metadata"}

    def __init__(self):
        super().__init__()
        self.lines = collections.deque(maxlen=20000)
        self.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        self.logger = logging.Logger("librdkafka")
        self.logger.addHandler(self)

    def emit(self, record):
        self.lines.append(self.format(record))

    def keep(self, path):
        with open(path, "w") as kept:
            kept.writelines(f"{line}\n" for line in list(self.lines))


class Reader:
    """Reads a topic while the faults happen, and notes what stood at each offset."""

    def __init__(self, bootstrap, topic, partitions):
        self.topic = topic
        self.seen = {partition: {} for partition in range(partitions)}
        self.changed = []
        self.refused = set()  # partitions to go on with
        self.ending = threading.Event()
        self.consumer = Consumer({
            "bootstrap.servers": bootstrap, "group.id": f"reader-of-{topic}", "enable.auto.commit": False, "log_level": 0,
            "reconnect.backoff.max.ms": 500, "socket.timeout.ms": 10000, "auto.offset.reset": "error",
            "topic.metadata.refresh.interval.ms": 2000})
        self.consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for partition in self.seen])
        self.thread = threading.Thread(target=self.read, name=f"reader-{topic}", daemon=True)
        self.thread.start()

    def read(self):
        while not self.ending.is_set():
            self.go_on()
            for message in self.consumer.consume(5000, 0.1):
                if message.error() is not None:
                    # Brokers come and go. A deposed leader that has not heard of it, awake again after a stop, does not know the
                    # newest offsets: a client that sends no leader epoch (KIP-320) asks it and is refused.
                    if message.error().code() == KafkaError._AUTO_OFFSET_RESET:
                        self.refused.add(message.partition())
                    continue
                seen = self.seen[message.partition()]
                before = seen.setdefault(message.offset(), message.value())
                if before != message.value():
                    self.changed.append(f"{message.topic()}-{message.partition()} offset {message.offset()}: "
                                        f"{before} was read first, {message.value()} later")
        self.consumer.close()

    def go_on(self):
        for partition in sorted(self.refused):
            seen = self.seen[partition]
            try:
                self.consumer.seek(TopicPartition(self.topic, partition, max(seen) + 1 if seen else 0))
                self.refused.discard(partition)
            except KafkaException:
                pass  # its leader is being looked for; again in a moment

    def check(self, final):
        """`final`: {partition: [(offset, text)]} of all that is there in the end."""
        self.ending.set()
        self.thread.join(harness.DEADLINE_S)
        for partition, records in final.items():
            there = dict(records)
            for offset, value in self.seen[partition].items():
                if there.get(offset) != value.decode():
                    self.changed.append(f"partition {partition} offset {offset}: a consumer read {value}, "
                                        f"in the end {there.get(offset)} stands there")
        if self.changed:
            raise AssertionError(f"{len(self.changed)} reads did not last: {self.changed[:5]}")


class Run:
    """One schedule, from the start of its cluster to the comparison of the replicas."""

    def __init__(self, seed, seconds, releases, say):
        self.seed = seed
        self.rounds = schedule.make(seed, seconds)
        self.releases = releases
        self.say = say
        self.hits = set()

    def whole(self):
        # What the oldest of them speaks.
        protocol = {"inter.broker.protocol.version": "2.8"} if "2.8" in self.releases else {}
        with FaultCluster(self.releases, **protocol) as cluster:
            try:
                self.under_load(cluster)
                self.check_disks(cluster)
            except BaseException:
                self.say(f"seed {self.seed}: the cluster's files are kept in {cluster.directory}")
                raise

    def under_load(self, cluster):
        for topic in TOPICS:
            create_topic(cluster.bootstrap, topic, SPREAD, min_insync_replicas=2)
        recent = {topic: Recent() for topic in TOPICS}
        plain, idempotent = (Load(cluster.bootstrap, topic, 3, logger=recent[topic].logger, **Recent.settings, **settings)
                             for topic, settings in (("plain", {}), ("idempotent", {"enable_idempotence": "true"})))
        loads = (plain, idempotent)
        faults = Faults(cluster, "plain")
        readers = {load: Reader(cluster.bootstrap, load.topic, 3) for load in loads}
        try:
            for load in loads:
                load.wait_progress(100)
            for each in self.rounds:
                self.happen(faults, each)
            cluster.wait_registered()
            cluster.wait_in_sync(TOPICS)
            for load in loads:
                load.wait_progress(100)
        except BaseException:
            for topic, handler in recent.items():
                handler.keep(f"{cluster.directory}/producer-{topic}.log")
            raise
        finally:
            self.hits = faults.hits
            for load in loads:
                load.stop()
        for load in loads:
            # Without idempotence a batch whose broker does not answer is sent to the next leader, behind later ones.
            readers[load].check(load.check(exactly_once=load is idempotent, in_order=load is idempotent))
        self.say(f"seed {self.seed}: {plain.count()} and {idempotent.count()} records acknowledged, all there and in order")

    def happen(self, faults, each):
        self.say(f"seed {self.seed}: {each}")
        event = threading.Event()
        event.wait(each.calm_s)
        begun = time.monotonic()
        undo = [(fault, faults.begin(fault)) for fault in each.faults]
        for fault, end in sorted(undo, key=lambda pair: pair[0].seconds):
            event.wait(max(0.0, begun + fault.seconds - time.monotonic()))
            end()
        faults.settle()

    def check_disks(self, cluster):
        cluster.wait_in_sync(TOPICS)
        for broker in cluster.brokers:
            log = broker.log()
            broken = [word for word in FATAL if word in log]
            if broken:
                raise AssertionError(f"broker {broker.id} says {broken} in its log")
        for broker in cluster.brokers:
            broker.end()
        for topic, partitions in TOPICS.items():
            for partition in range(partitions):
                check_same_logs(cluster.brokers, topic, partition)
        self.say(f"seed {self.seed}: the replicas are the same, byte by byte")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seed", type=int, required=True)
    arguments.add_argument("--schedules", type=int, default=1)
    arguments.add_argument("--seconds", type=float, default=60)
    arguments.add_argument("--brokers", default="ours,ours,ours", help="ours, 3.9 or 2.8 for each of the three")
    given = arguments.parse_args()
    network.enter()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))  # by way of what closes the cluster
    releases = tuple(None if name == "ours" else name for name in given.brokers.split(","))
    broken = []
    hits = collections.defaultdict(set)
    for seed in range(given.seed, given.seed + given.schedules):
        run = Run(seed, given.seconds, releases, lambda line: print(f"{time.strftime('%H:%M:%S')} {line}", flush=True))
        try:
            run.whole()
        except Exception:
            traceback.print_exc()
            broken.append(seed)
        for kind, server in run.hits:
            hits[server].add(kind)
    for server, kinds in sorted(hits.items()):
        print(f"{server}: {', '.join(sorted(kinds)).replace('_', ' ')}")
    print(f"{given.schedules - len(broken)} schedules held, {len(broken)} broke"
          + (f": seeds {broken}" if broken else ""), flush=True)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
