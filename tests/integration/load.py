"""A producer that notes every acknowledgement, and the check that all it was promised is there, once read back."""
import threading

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from cluster import DEADLINE_S, wait_until


def create_topic(bootstrap, name, assignment, **config):
    """`assignment`: the replicas of each partition, e.g. [[1], [2], [3]]."""
    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})
    topic = NewTopic(name, num_partitions=len(assignment), replica_assignment=assignment,
                     config={key.replace("_", "."): str(value) for key, value in config.items()})
    admin.create_topics([topic], operation_timeout=DEADLINE_S, request_timeout=DEADLINE_S)[name].result()


def delete_topic(bootstrap, name, operation_timeout_s=0.1):
    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})
    admin.delete_topics([name], operation_timeout=operation_timeout_s, request_timeout=DEADLINE_S)[name].result()


def read_all(bootstrap, topic, partitions, **settings):
    """{partition: [(offset, value)]} of all that is readable now."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "reader", "enable.auto.commit": False,
                         "enable.partition.eof": True, "reconnect.backoff.max.ms": 500, "log_level": 0, **settings})
    read = {partition: [] for partition in range(partitions)}
    open_ends = set(read)

    def drain():
        for message in consumer.consume(10000, 0.2):
            if message.error() is None:
                read[message.partition()].append((message.offset(), message.value().decode()))
            elif message.error().code() == KafkaError._PARTITION_EOF:
                open_ends.discard(message.partition())
        return not open_ends

    try:
        consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for partition in read])
        wait_until(drain, f"end of every partition of {topic}")
    finally:
        consumer.close()
    return read


class Load:
    """Produces "<sequence>" to each partition in turn until stopped; `with` stops it too. A `logger` hears what librdkafka says."""

    def __init__(self, bootstrap, topic, partitions, in_flight=500, logger=None, **settings):
        self.bootstrap = bootstrap
        self.topic = topic
        self.partitions = partitions
        self.logger = logger
        self.settings = {
            "bootstrap.servers": bootstrap, "acks": "all", "linger.ms": 2, "retries": 1 << 30,
            "message.timeout.ms": 120000, "max.in.flight.requests.per.connection": 1, "retry.backoff.ms": 50,
            "reconnect.backoff.ms": 20, "reconnect.backoff.max.ms": 200, "socket.timeout.ms": 10000,
            "topic.metadata.refresh.fast.interval.ms": 100, "log_level": 0,
            **{key.replace("_", "."): value for key, value in settings.items()}}
        self.acknowledged = {partition: [] for partition in range(partitions)}  # (offset, sequence)
        self.sent = {partition: 0 for partition in range(partitions)}
        self.errors = []
        self.fatal = []
        self.stopping = threading.Event()
        # Per partition, so that one partition without a leader does not keep the others waiting.
        self.room = {partition: in_flight for partition in range(partitions)}
        self.thread = threading.Thread(target=self.run, name=f"load-{topic}", daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def run(self):
        producer = Producer({**self.settings, "error_cb": self.on_error}, **({"logger": self.logger} if self.logger else {}))
        while not self.stopping.is_set() and not self.fatal:
            for partition in self.acknowledged:
                if self.room[partition] == 0:
                    continue
                sequence = self.sent[partition]
                self.sent[partition] += 1
                self.room[partition] -= 1
                producer.produce(self.topic, str(sequence), partition=partition,
                                 on_delivery=lambda error, message, s=sequence, p=partition:
                                 self.on_delivery(error, message, s, p))
            producer.poll(0.002)
        producer.flush(DEADLINE_S)

    def on_error(self, error):
        if error.fatal():
            self.fatal.append(str(error))

    def on_delivery(self, error, message, sequence, partition):
        self.room[partition] += 1
        if error is None:
            self.acknowledged[partition].append((message.offset(), sequence))
        else:
            self.errors.append(f"{self.topic}-{partition} sequence {sequence}: {error}")

    def count(self, partition=None):
        chosen = self.acknowledged if partition is None else [partition]
        return sum(len(self.acknowledged[each]) for each in chosen)

    def acknowledged_counts(self):
        return {partition: len(records) for partition, records in self.acknowledged.items()}

    def wait_progress(self, records=200, partitions=None, deadline_s=None):
        """Until this many more records are acknowledged in each of the partitions (default: all)."""
        chosen = list(self.acknowledged) if partitions is None else partitions
        goals = {partition: self.count(partition) + records for partition in chosen}

        def reached():
            if self.fatal:
                raise AssertionError(f"the producer gave up: {self.fatal}")
            return all(self.count(partition) >= goal for partition, goal in goals.items())
        wait_until(reached, lambda: f"{records} more acknowledged records of {self.topic} in {chosen}; {self.acknowledged_counts()} are, "
                                    f"wanted were {goals}; errors {self.errors[:3]}", deadline_s)

    def stop(self):
        self.stopping.set()
        self.thread.join(DEADLINE_S + 10)

    def check(self, exactly_once=False, in_order=True):
        """Every acknowledged record stands at its offset, each partition in the order of sending."""
        if self.errors:
            raise AssertionError(f"{len(self.errors)} records failed: {self.errors[:5]}")
        read = read_all(self.bootstrap, self.topic, self.partitions)
        for partition, records in read.items():
            self.check_partition(partition, records, exactly_once, in_order)
        return read

    def check_partition(self, partition, records, exactly_once, in_order=True):
        where = f"{self.topic}-{partition}"
        offsets = [offset for offset, _ in records]
        if offsets != list(range(len(offsets))):
            raise AssertionError(f"{where}: offsets have gaps or repeat")
        values = [int(value) for _, value in records]
        promised = self.acknowledged[partition]
        lost = sorted({sequence for _, sequence in promised} - set(values))
        if lost:
            raise AssertionError(f"{where}: {len(lost)} acknowledged records lost, e.g. {lost[:5]}; "
                                 f"{len(values)} are there")
        for offset, sequence in promised:
            if offset >= 0 and values[offset] != sequence:
                raise AssertionError(f"{where}: offset {offset} has {values[offset]}, acknowledged was {sequence}")
        firsts = list(dict.fromkeys(values))
        early = next((i for i in range(len(firsts) - 1) if firsts[i] > firsts[i + 1]), None)
        if in_order and early is not None:
            offset = values.index(firsts[early + 1])
            raise AssertionError(f"{where}: out of order: {firsts[early + 1]} stands first at offset {offset}, behind "
                                 f"{firsts[early]}; around it {values[max(0, offset - 8):offset + 8]}")
        if exactly_once and len(firsts) != len(values):
            raise AssertionError(f"{where}: {len(values) - len(firsts)} duplicates")
