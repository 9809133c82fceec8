"""Idempotent producers: no duplicate and no loss through kills, and each wrong sequence gets its own error."""
import struct
import unittest

from confluent_kafka import KafkaException, Producer
from kafka.protocol.produce import ProduceRequest

from cluster import wait_until
from load import Load, create_topic, read_all
from shared_cluster import SharedClusterTest, wait_gone
from wire import Connection, batch, frame, header, produce

OUT_OF_ORDER, DUPLICATE_SEQUENCE, INVALID_EPOCH = 45, 46, 47


def producer_id(port):
    """(id, epoch) from InitProducerId version 0, which kafka-python does not know."""
    with Connection(port) as connection:
        connection.socket.sendall(frame(header(22, 0) + struct.pack(">hi", -1, 60000)))
        _, _, _, error, identity, epoch = struct.unpack(">iiihqh", connection.socket.recv(24))
    if error:
        raise AssertionError(f"InitProducerId: error {error}")
    return identity, epoch


class IdempotenceTest(SharedClusterTest):
    brokers = 2

    def test_kills_make_no_duplicates_and_lose_nothing(self):
        cluster = self.cluster
        create_topic(cluster.bootstrap, "exactly", [[1], [2], [1], [2]], segment_bytes=50000)
        with Load(cluster.bootstrap, "exactly", 4, enable_idempotence=True,
                  max_in_flight_requests_per_connection=5) as load:
            for _ in range(2):
                for broker in cluster.brokers:
                    load.wait_progress(500)
                    broker.kill()
                    wait_gone(cluster, broker)
                    broker.start()
            load.wait_progress(500)
        self.assertEqual([], load.fatal)
        load.check(exactly_once=True)

    def test_a_clean_restart_makes_no_duplicates(self):
        cluster = self.cluster
        create_topic(cluster.bootstrap, "restarted", [[1], [2]])
        with Load(cluster.bootstrap, "restarted", 2, enable_idempotence=True,
                  max_in_flight_requests_per_connection=5) as load:
            for broker in cluster.brokers:
                load.wait_progress(200)
                self.assertEqual(0, broker.stop())
                broker.start()
            load.wait_progress(200)
        self.assertEqual([], load.fatal)
        load.check(exactly_once=True)

    def send(self, topic, values, identity, sequence, epoch=0):
        with Connection(self.cluster.brokers[0].port) as connection:
            return produce(connection, topic, 0, batch(values, identity, epoch, sequence))

    def values(self, topic):
        return [value for _, value in read_all(self.cluster.bootstrap, topic, 1)[0]]

    def test_a_repeated_batch_is_answered_with_its_first_offset(self):
        self.create("repeated")
        identity, _ = producer_id(self.cluster.brokers[0].port)
        for i in range(7):
            self.assertEqual((0, 2 * i), self.send("repeated", [b"a%d" % i, b"b%d" % i], identity, 2 * i))
        # The last five batches are remembered.
        for i in (2, 6, 4, 5, 3):
            self.assertEqual((0, 2 * i), self.send("repeated", [b"a%d" % i, b"b%d" % i], identity, 2 * i))
        # An older one is known to be old, but not where it is.
        self.assertIn(self.send("repeated", [b"a0", b"b0"], identity, 0)[0], (DUPLICATE_SEQUENCE, OUT_OF_ORDER))
        self.assertEqual([f"{name}{i}" for i in range(7) for name in "ab"], self.values("repeated"))

    def test_it_is_remembered_through_a_kill_and_a_clean_stop(self):
        self.create("remembered")
        broker = self.cluster.brokers[0]
        identity, _ = producer_id(broker.port)
        self.assertEqual((0, 0), self.send("remembered", [b"x", b"y"], identity, 0))
        broker.kill()
        wait_gone(self.cluster, broker)
        broker.start()
        self.wait_served("remembered")
        self.assertEqual((0, 0), self.send("remembered", [b"x", b"y"], identity, 0))
        self.assertEqual((0, 2), self.send("remembered", [b"z"], identity, 2))
        broker.stop()
        broker.start()
        self.wait_served("remembered")
        self.assertEqual((0, 2), self.send("remembered", [b"z"], identity, 2))
        self.assertEqual(OUT_OF_ORDER, self.send("remembered", [b"q"], identity, 7)[0])
        self.assertEqual(["x", "y", "z"], self.values("remembered"))

    def create(self, topic):
        create_topic(self.cluster.bootstrap, topic, [[1]])
        self.wait_served(topic)  # the controller knows of the leader before the leader does

    def wait_served(self, topic):
        """Until the broker leads the partition: a batch of no producer is refused for being empty, not for that."""
        def served():
            with Connection(self.cluster.brokers[0].port) as connection:
                answer = connection.ask(ProduceRequest[5](None, 1, 1000, [(topic, [(0, b"")])]))
            return answer.topics[0][1][0][1] not in (3, 5, 6)
        wait_until(served, f"leadership of {topic}")

    def test_gaps_and_old_epochs_are_refused(self):
        self.create("gaps")
        identity, _ = producer_id(self.cluster.brokers[0].port)
        self.assertEqual((0, 0), self.send("gaps", [b"0", b"1"], identity, 0))
        self.assertEqual(OUT_OF_ORDER, self.send("gaps", [b"5"], identity, 5)[0])
        self.assertEqual(OUT_OF_ORDER, self.send("gaps", [b"1"], identity, 1)[0])
        self.assertEqual((0, 2), self.send("gaps", [b"2"], identity, 2))
        # A new epoch starts at 0, and fences the old one.
        self.assertEqual(OUT_OF_ORDER, self.send("gaps", [b"n"], identity, 3, epoch=1)[0])
        self.assertEqual((0, 3), self.send("gaps", [b"n"], identity, 0, epoch=1))
        self.assertEqual(INVALID_EPOCH, self.send("gaps", [b"3"], identity, 3)[0])
        self.assertEqual(["0", "1", "2", "n"], self.values("gaps"))

    def test_sequences_wrap_around(self):
        self.create("wrapped")
        identity, _ = producer_id(self.cluster.brokers[0].port)
        last = (1 << 31) - 1
        # A producer unknown to the partition may begin anywhere: what it wrote before may be deleted by retention.
        self.assertEqual((0, 0), self.send("wrapped", [b"a", b"b"], identity, last - 1))
        self.assertEqual((0, 2), self.send("wrapped", [b"c"], identity, 0))
        self.assertEqual((0, 0), self.send("wrapped", [b"a", b"b"], identity, last - 1))

    def test_producer_ids_are_given_once(self):
        ids = [producer_id(broker.port)[0] for _ in range(20) for broker in self.cluster.brokers]
        broker = self.cluster.brokers[0]
        broker.kill()
        wait_gone(self.cluster, broker)
        broker.start()
        ids += [producer_id(broker.port)[0] for _ in range(5)]
        self.assertEqual(len(ids), len(set(ids)))

    def test_a_transactional_producer_gets_a_clear_error(self):
        with Connection(self.cluster.brokers[0].port) as connection:
            connection.socket.sendall(frame(header(10, 1) + b"\0\1t\1"))  # FindCoordinator of a transaction
            answer = connection.socket.recv(1000)
        self.assertEqual(42, struct.unpack_from(">iiih", answer)[3])
        self.assertIn(b"Only groups have coordinators here", answer)
        producer = Producer({"bootstrap.servers": self.cluster.bootstrap, "transactional.id": "t", "log_level": 0})
        with self.assertRaises(KafkaException):
            producer.init_transactions(2)
        with Connection(self.cluster.brokers[0].port) as connection:
            self.create("transactional")
            records = batch([b"x"], 1, 0, 0, transactional=True)
            answer = connection.ask(ProduceRequest[5]("t", -1, 1000, [("transactional", [(0, records)])]))
        self.assertEqual(48, answer.topics[0][1][0][1])  # INVALID_TXN_STATE
        self.assertEqual([], self.values("transactional"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
