"""One member of a consumer group as a process of its own, so that a test can kill it; tells what happens as JSON lines.

  group_member.py LIBRARY '{"bootstrap": …, "group": …, "topics": […], "instance": …, "commit": "each"|"none"}'

SIGTERM closes the consumer in good order.
"""
import json
import signal
import sys
import threading

stopping = threading.Event()


def tell(event, **values):
    print(json.dumps({"event": event, **values}), flush=True)


def run_confluent(want):
    from confluent_kafka import Consumer, KafkaError
    settings = {"bootstrap.servers": want["bootstrap"], "group.id": want["group"], "auto.offset.reset": "earliest",
                "enable.auto.commit": False, "session.timeout.ms": want["session_timeout_ms"],
                "heartbeat.interval.ms": 300, "reconnect.backoff.max.ms": 300, "log_level": 0,
                "topic.metadata.refresh.interval.ms": 1000, "coordinator.query.interval.ms": 500}
    if want.get("instance"):
        settings["group.instance.id"] = want["instance"]
    if want.get("strategy"):
        settings["partition.assignment.strategy"] = want["strategy"]
    consumer = Consumer(settings)
    cooperative = want.get("strategy") == "cooperative-sticky"

    def on_assign(consumer, partitions):
        if cooperative:
            consumer.incremental_assign(partitions)
        tell("assigned" if not cooperative else "added", partitions=sorted((p.topic, p.partition) for p in partitions))

    def on_revoke(consumer, partitions):
        if cooperative:
            consumer.incremental_unassign(partitions)
        tell("revoked" if not cooperative else "removed", partitions=sorted((p.topic, p.partition) for p in partitions))

    consumer.subscribe(want["topics"], on_assign=on_assign, on_revoke=on_revoke, on_lost=on_revoke)
    while not stopping.is_set():
        for message in consumer.consume(100, 0.1):
            if message.error() is not None:
                tell("error", code=message.error().name())
                continue
            tell("record", topic=message.topic(), partition=message.partition(), offset=message.offset(),
                 value=message.value().decode())
            if want.get("commit") == "each":
                try:
                    consumer.commit(message, asynchronous=False)
                    tell("committed", topic=message.topic(), partition=message.partition(), offset=message.offset() + 1)
                except Exception as error:
                    tell("commit failed", error=str(error))
    consumer.close()


def run_kafka_python(want):
    from kafka import ConsumerRebalanceListener, KafkaConsumer
    from kafka.errors import KafkaError

    class Listener(ConsumerRebalanceListener):
        def on_partitions_assigned(self, partitions):
            tell("assigned", partitions=sorted((p.topic, p.partition) for p in partitions))

        def on_partitions_revoked(self, partitions):
            tell("revoked", partitions=sorted((p.topic, p.partition) for p in partitions))

    consumer = KafkaConsumer(bootstrap_servers=want["bootstrap"].split(","), group_id=want["group"],
                             auto_offset_reset="earliest", enable_auto_commit=False,
                             session_timeout_ms=want["session_timeout_ms"], heartbeat_interval_ms=300,
                             max_poll_records=20, metadata_max_age_ms=1000, reconnect_backoff_max_ms=300)
    consumer.subscribe(want["topics"], listener=Listener())
    while not stopping.is_set():
        for partition, messages in consumer.poll(timeout_ms=100).items():
            for message in messages:
                tell("record", topic=partition.topic, partition=partition.partition, offset=message.offset,
                     value=message.value.decode())
            if want.get("commit") == "each":
                try:
                    consumer.commit()
                    tell("committed", topic=partition.topic, partition=partition.partition, offset=messages[-1].offset + 1)
                except KafkaError as error:
                    tell("commit failed", error=str(error))
    consumer.close()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    {"confluent": run_confluent, "kafka-python": run_kafka_python}[sys.argv[1]](json.loads(sys.argv[2]))
    tell("closed")
