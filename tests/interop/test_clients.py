"""Every client writes and reads back what it wrote, equal and in order, in the clear and under TLS, with every codec.

ODRADEK_INTEROP_RECORDS says how many records per codec (20,000 unless told).
"""
import json
import unittest

import clients
import corpus
import peers
from cluster import Cluster

PROTOCOLS = {"plaintext": False, "ssl": True}


class ClientsTest(unittest.TestCase):
    def assert_same(self, expected, got, what):
        """Like assertEqual, but names the first difference: a printed list of megabytes helps nobody."""
        self.assertEqual(len(expected), len(got), what)
        for i, (one, other) in enumerate(zip(expected, got)):
            if one != other:
                self.fail(f"{what}: record {i} is {str(other)[:300]}, not {str(one)[:300]}")

    def round_trips(self, client):
        records = client.records()
        for codec in client.codecs:
            topic = f"{client.name}-{codec}"
            client.write(topic, codec, records)
            self.assert_same(records, client.read(topic, len(records)), topic)

    def in_both_protocols(self, kind, *arguments):
        for protocol, ssl in PROTOCOLS.items():
            with self.subTest(protocol), Cluster(1, ssl=True) as cluster:
                self.round_trips(kind(cluster, ssl, *arguments))

    def test_kcat(self):
        self.in_both_protocols(clients.Kcat)

    def test_confluent_kafka(self):
        self.in_both_protocols(clients.Confluent)

    def test_kafka_python(self):
        self.in_both_protocols(clients.KafkaPython)

    def consoles(self, release):
        """One topic takes the batches of all codecs, so that one consumer meets them all."""
        for protocol, ssl in PROTOCOLS.items():
            with self.subTest(protocol), Cluster(1, ssl=True) as cluster:
                console = clients.Console(cluster, ssl, release)
                records = console.records()
                for codec in console.codecs:
                    console.write("all-codecs", codec, records)
                self.assert_same(records * len(console.codecs), console.read("all-codecs", len(records) * len(console.codecs)),
                                 f"console {release} {protocol}")

    def test_java_3_9(self):
        self.consoles("3.9")

    def test_java_2_8(self):
        self.consoles("2.8")

    def verifiable(self, release):
        with Cluster(1, ssl=True) as cluster:
            for protocol, ssl in PROTOCOLS.items():
                console = clients.Console(cluster, ssl, release)
                with open(console.properties, "a") as properties:
                    properties.write("compression.type=lz4\n")
                common = ["--bootstrap-server", console.bootstrap, "--topic", f"verifiable-{protocol}",
                          "--max-messages", corpus.COUNT]
                written = peers.tool(release, "kafka-verifiable-producer.sh", *common, "--producer.config", console.properties)
                events = [json.loads(line) for line in written.splitlines()]
                acknowledged = [event["value"] for event in events if event["name"] == "producer_send_success"]
                self.assertEqual([str(i) for i in range(corpus.COUNT)], acknowledged)
                read = peers.tool(release, "kafka-verifiable-consumer.sh", *common, "--group-id", f"verifiable-{protocol}",
                                  "--verbose", "--consumer.config", console.properties)
                events = [json.loads(line) for line in read.splitlines()]
                self.assertEqual(acknowledged, [event["value"] for event in events if event["name"] == "record_data"])
                self.assertTrue(all(event["success"] for event in events if event["name"] == "offsets_committed"))

    def test_verifiable_java_3_9(self):
        self.verifiable("3.9")

    def test_verifiable_java_2_8(self):
        self.verifiable("2.8")

    def test_each_client_reads_what_each_other_wrote(self):
        with Cluster(1) as cluster:
            everyone = [clients.Kcat(cluster, False), clients.Confluent(cluster, False), clients.KafkaPython(cluster, False),
                        clients.Console(cluster, False, "3.9"), clients.Console(cluster, False, "2.8")]
            expected = []
            for client in everyone:
                records = list(corpus.text(500, seed=len(expected)))
                raw = isinstance(client, (clients.Confluent, clients.KafkaPython))
                client.write("mixed", "gzip", [self.encoded(record) for record in records] if raw else records)
                expected += [(record.key, record.value) for record in records]
            for client in everyone:
                got = [self.decoded(record) for record in client.read("mixed", len(expected))]
                self.assert_same(expected, got, f"what {client.name} read")

    @staticmethod
    def encoded(record):
        return record._replace(key=record.key.encode(), value=record.value.encode())

    @staticmethod
    def decoded(record):
        return tuple(field.decode() if isinstance(field, bytes) else field for field in record[:2])


if __name__ == "__main__":
    unittest.main(verbosity=2)
