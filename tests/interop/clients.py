"""Clients of other people as two verbs each: write records with a codec, read a topic from its start."""
import itertools
import os

import confluent_kafka
import kafka
import kafka.codec

import corpus
import peers
from cluster import DEADLINE_S, kcat
from corpus import Record


READS = itertools.count()


def fresh_group(reader, topic):
    """Groups outlive brokers and their hand-over: who is to read from the start needs one that nobody had."""
    return f"{reader}-{topic}-{next(READS)}"


class Kcat:
    """Text records; the headers are those of the run."""
    name = "kcat"
    codecs = corpus.CODECS

    def __init__(self, cluster, ssl):
        self.options = ["-b", cluster.ssl_bootstrap if ssl else cluster.bootstrap]
        if ssl:
            self.options += ["-X", "security.protocol=ssl", "-X", f"ssl.ca.location={cluster.certificates}/ca.pem"]

    def records(self, count=corpus.COUNT):
        return [record._replace(headers=[("made-by", b"kcat")]) for record in corpus.text(count)]

    def write(self, topic, codec, records):
        data = "".join(f"{record.key}\t{record.value}\n" for record in records).encode()
        kcat(*self.options, "-P", "-t", topic, "-p", "0", "-K", "\t", "-z", codec, "-X", "acks=all",
             "-H", "made-by=kcat", data=data, deadline_s=3 * DEADLINE_S)

    def read(self, topic, count):
        output = kcat(*self.options, "-C", "-t", topic, "-p", "0", "-e", "-q", "-X", "check.crcs=true",
                      "-f", "%o %K %S %k%s%h\n", deadline_s=3 * DEADLINE_S)
        records, at = [], 0
        while at < len(output):
            offset, key_size, value_size, rest = output[at:at + 64].split(b" ", 3)
            assert int(offset) == len(records), f"offset {offset} where {len(records)} was due"
            at += len(offset) + len(key_size) + len(value_size) + 3
            key = output[at:at + int(key_size)]
            at += int(key_size)
            value = output[at:at + int(value_size)]
            at += int(value_size)
            end = output.index(b"\n", at)
            headers = [tuple(header.split(b"=")) for header in output[at:end].split(b",") if header]
            records.append(Record(key.decode(), value.decode(), [(name.decode(), text) for name, text in headers]))
            at = end + 1
        return records


class Confluent:
    name = "confluent"
    codecs = corpus.CODECS

    def __init__(self, cluster, ssl):
        self.options = {"bootstrap.servers": cluster.ssl_bootstrap if ssl else cluster.bootstrap}
        if ssl:
            self.options.update({"security.protocol": "ssl", "ssl.ca.location": f"{cluster.certificates}/ca.pem",
                                 "ssl.certificate.location": f"{cluster.certificates}/client.pem",
                                 "ssl.key.location": f"{cluster.certificates}/client.pem"})

    def records(self, count=corpus.COUNT):
        return list(corpus.binary(count))

    def write(self, topic, codec, records):
        offsets, errors = [], []

        def delivered(error, message):
            errors.append(error) if error else offsets.append(message.offset())

        producer = confluent_kafka.Producer({**self.options, "compression.codec": codec, "linger.ms": 5,
                                             "enable.idempotence": True, "on_delivery": delivered})
        for record in records:
            while True:
                try:
                    producer.produce(topic, value=record.value, key=record.key, headers=record.headers)
                    break
                except BufferError:
                    producer.poll(0.1)
            producer.poll(0)
        left = producer.flush(3 * DEADLINE_S)
        assert not errors and not left, f"{left} records were not acknowledged, {len(errors)} failed, first {errors[:1]}"
        assert offsets == list(range(offsets[0], offsets[0] + len(records))), "offsets are not in order"

    def read(self, topic, count):
        """Reads as a group's member, commits, and checks what was committed."""
        consumer = confluent_kafka.Consumer({**self.options, "group.id": fresh_group(self.name, topic), "enable.auto.commit": False,
                                             "auto.offset.reset": "earliest", "check.crcs": True})
        consumer.subscribe([topic])
        records = []
        while len(records) < count:
            batch = consumer.consume(min(count - len(records), 5000), DEADLINE_S)
            assert batch, f"{topic}: {len(records)} of {count} records came"
            for message in batch:
                assert not message.error(), message.error()
                assert message.offset() == len(records), f"offset {message.offset()} where {len(records)} was due"
                records.append(Record(message.key(), message.value(), message.headers() or []))
        consumer.commit(asynchronous=False)
        committed = consumer.committed([confluent_kafka.TopicPartition(topic, 0)], DEADLINE_S)[0].offset
        assert committed == count, f"{committed} was committed, not {count}"
        consumer.close()
        return records


class KafkaPython:
    name = "kafka-python"
    # snappy, lz4 and zstd need further modules, which this machine may lack.
    codecs = [codec for codec in corpus.CODECS if codec == "none" or getattr(kafka.codec, f"has_{codec}")()]

    def __init__(self, cluster, ssl):
        self.options = {"bootstrap_servers": (cluster.ssl_bootstrap if ssl else cluster.bootstrap).split(",")}
        if ssl:
            self.options.update(security_protocol="SSL", ssl_cafile=f"{cluster.certificates}/ca.pem",
                                ssl_certfile=f"{cluster.certificates}/client.pem",
                                ssl_keyfile=f"{cluster.certificates}/client.pem")

    def records(self, count=corpus.COUNT):
        return list(corpus.binary(count))

    def write(self, topic, codec, records):
        producer = kafka.KafkaProducer(**self.options, compression_type=None if codec == "none" else codec, acks="all",
                                       linger_ms=5, max_in_flight_requests_per_connection=1)
        sent = [producer.send(topic, record.value, record.key, record.headers) for record in records]
        producer.flush(3 * DEADLINE_S)
        offsets = [future.get(0).offset for future in sent]
        producer.close(DEADLINE_S)
        assert offsets == list(range(offsets[0], offsets[0] + len(records))), "offsets are not in order"

    def read(self, topic, count):
        consumer = kafka.KafkaConsumer(topic, **self.options, group_id=fresh_group(self.name, topic), enable_auto_commit=False,
                                       auto_offset_reset="earliest", consumer_timeout_ms=DEADLINE_S * 1000)
        records = []
        for message in consumer:
            assert message.offset == len(records), f"offset {message.offset} where {len(records)} was due"
            records.append(Record(message.key, message.value, message.headers))
            if len(records) == count:
                break
        consumer.commit()
        committed = consumer.committed(kafka.TopicPartition(topic, 0))
        consumer.close()
        assert len(records) == committed == count, f"{len(records)} of {count} records came, {committed} were committed"
        return records


class Console:
    """The Java clients behind kafka-console-producer.sh and kafka-console-consumer.sh; headers since 3.2."""
    codecs = corpus.CODECS

    def __init__(self, cluster, ssl, release):
        self.release = release
        self.name = f"java-{release}"
        self.bootstrap = cluster.ssl_bootstrap if ssl else cluster.bootstrap
        self.properties = os.path.join(cluster.directory, f"{self.name}-{'ssl' if ssl else 'plaintext'}.properties")
        with open(self.properties, "w") as properties:
            if ssl:
                properties.write(self.ssl_settings(cluster.certificates))

    def ssl_settings(self, certificates):
        """PEM files for the new client, JKS and PKCS12 stores for the old one."""
        if self.release == "3.9":
            with open(f"{certificates}/client.properties") as properties:
                return properties.read()
        with open(f"{certificates}/password") as file:
            password = file.read()
        return (f"security.protocol=SSL\nssl.truststore.type=JKS\nssl.truststore.location={certificates}/truststore.jks\n"
                f"ssl.truststore.password={password}\nssl.keystore.type=PKCS12\n"
                f"ssl.keystore.location={certificates}/client.p12\nssl.keystore.password={password}\n"
                f"ssl.key.password={password}\n")

    def records(self, count=corpus.COUNT):
        headers = [("made-by", b"console"), ("empty", b"")] if self.release == "3.9" else []
        return [record._replace(headers=headers) for record in corpus.text(count)]

    def write(self, topic, codec, records):
        options = ["--property", "parse.key=true", "--property", "key.separator=\t"]
        prefix = ""
        if records[0].headers and self.release == "3.9":
            options += ["--property", "parse.headers=true"]
            prefix = ",".join(f"{name}:{text.decode()}" for name, text in records[0].headers) + "\t"
        data = "".join(f"{prefix}{record.key}\t{record.value}\n" for record in records).encode()
        peers.tool(self.release, "kafka-console-producer.sh", "--bootstrap-server", self.bootstrap, "--topic", topic,
                   "--producer.config", self.properties, "--compression-codec", codec, "--request-required-acks", "all",
                   *options, data=data)

    def read(self, topic, count):
        output = peers.tool(self.release, "kafka-console-consumer.sh", "--bootstrap-server", self.bootstrap, "--topic", topic,
                            "--consumer.config", self.properties, "--group", fresh_group(self.name, topic), "--from-beginning",
                            "--max-messages", count, "--timeout-ms", int(DEADLINE_S * 1000), "--property", "print.key=true",
                            "--property", "print.headers=true", "--property", "key.separator=\t")
        records = []
        for line in output.split("\n")[:-1]:
            headers, key, value = line.split("\t")
            headers = [] if headers == "NO_HEADERS" else [tuple(header.split(":")) for header in headers.split(",")]
            records.append(Record(key, value, [(name, text.encode()) for name, text in headers]))
        return records
