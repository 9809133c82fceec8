"""What no client should send: the connection ends with the reason in the log, nobody else is disturbed, memory stays bounded."""
import http.client
import itertools
import random
import re
import socket
import ssl
import struct
import unittest

from confluent_kafka import Producer

from cluster import memory_limit_mb, wait_until
from load import Load, create_topic, read_all
from shared_cluster import SharedClusterTest
from wire import Connection, api_versions, batch, frame, header, metadata, produce

MAX_REQUEST_BYTES = 104857600
PRODUCE, FETCH, METADATA, API_VERSIONS, CREATE_TOPICS, DESCRIBE_CONFIGS = 0, 1, 3, 18, 19, 32
INVALID_PARTITIONS, FETCH_SESSION_ID_NOT_FOUND = 37, 70
FETCH_V4 = struct.Struct(">iiiibi")  # replica, max wait, min bytes, max bytes, isolation, topic count


class HostileTest(SharedClusterTest):
    brokers = 1
    ssl = True
    sources = (f"127.0.{block}.{host}" for block in itertools.count(1) for host in range(1, 255))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.broker = cls.cluster.brokers[0]
        create_topic(cls.cluster.bootstrap, "good", [[1], [1]])
        cls.load = Load(cls.cluster.bootstrap, "good", 2, in_flight=50)
        cls.load.wait_progress(50)

    @classmethod
    def tearDownClass(cls):
        cls.load.stop()
        try:
            cls.load.check(exactly_once=True)
        except BaseException:
            cls.failed = "check of the well-behaved client"
            raise
        finally:
            super().tearDownClass()

    def tearDown(self):
        """Whatever happened: the well-behaved client goes on, over both listeners, and the broker is small."""
        super().tearDown()
        self.load.wait_progress(50, deadline_s=20)
        self.assertFalse(self.load.errors)
        self.assertLess(self.broker.rss_mb(), memory_limit_mb(120))

    def connect(self, port=None):
        """A connection from a loopback address nobody used before, so that its reason is not folded into another's."""
        self.source = next(self.sources)
        connection = socket.create_connection(("127.0.0.1", port or self.broker.port), 20, (self.source, 0))
        self.addCleanup(connection.close)
        return connection

    def wait_reason(self, pattern):
        line = rf"Connection from [^\n]*{re.escape(self.source)}[^\n]* closed: [^\n]*{pattern}"
        wait_until(lambda: re.search(line, self.broker.log()), f"log line {line!r}", 20)

    def check_refused(self, data, pattern, port=None):
        connection = self.connect(port)
        try:
            connection.sendall(data)
        except ConnectionError:
            pass
        self.check_ended(connection)
        self.wait_reason(pattern)

    def check_ended(self, connection):
        try:
            while connection.recv(65536):
                pass
        except ConnectionError:
            pass

    def test_negative_and_oversized_lengths(self):
        for length in (-1, -2147483648, MAX_REQUEST_BYTES + 1, 2147483647):
            with self.subTest(length):
                self.check_refused(struct.pack(">i", length) + b"x" * 100, f"a frame claims a size of {length} bytes")

    def test_frames_too_short_for_a_header(self):
        for body in (b"", b"\0", header(METADATA, 1)[:7], struct.pack(">hhih", METADATA, 1, 1, 1000) + b"short"):
            with self.subTest(body):
                self.check_refused(frame(body), r"\w+")

    def answer_of(self, key, version, body):
        """What follows the correlation id."""
        connection = self.connect()
        connection.sendall(frame(header(key, version) + body))
        size, correlation_id = struct.unpack(">ii", connection.recv(8, socket.MSG_WAITALL))
        self.assertEqual(1, correlation_id)
        return connection.recv(size - 4, socket.MSG_WAITALL)

    def test_the_same_question_many_times_is_answered_once(self):
        topic = struct.pack(">h50s", 50, 50 * b"t")
        broker = b"\x04\0\x011" + struct.pack(">ih14s", 1, 14, b"num.io.threads")
        for key, version, question, end in [(METADATA, 4, topic, b"\0"), (DESCRIBE_CONFIGS, 1, broker, b"\x01")]:
            with self.subTest(key):
                once = self.answer_of(key, version, struct.pack(">i", 1) + question + end)
                often = self.answer_of(key, version, struct.pack(">i", 100000) + 100000 * question + end)
                self.assertEqual(len(once), len(often))

    def test_a_topic_of_too_many_partitions(self):
        for validate_only in (b"\0", b"\x01"):
            topic = b"\0\x04huge" + struct.pack(">ihii", 2000000000, 1, 0, 0)
            answer = self.answer_of(CREATE_TOPICS, 1, struct.pack(">i", 1) + topic + struct.pack(">i", 20000) + validate_only)
            self.assertEqual(INVALID_PARTITIONS, struct.unpack_from(">h", answer, 4 + 2 + 4)[0])

    def test_unknown_keys_and_versions(self):
        self.check_refused(frame(header(9999, 0)), "9999")
        self.check_refused(frame(header(-1, 0)), "-1")
        self.check_refused(frame(header(METADATA, 99) + b"\0"), "version 99 of Metadata is not served")
        self.check_refused(frame(header(METADATA, -1)), "version -1")
        # But ApiVersions of the future is told what we speak (KIP-511).
        connection = self.connect()
        connection.sendall(frame(header(API_VERSIONS, 99) + b"\0whatever"))
        size, correlation_id, error = struct.unpack(">iih", connection.recv(10, socket.MSG_WAITALL))
        self.assertEqual((1, 35), (correlation_id, error))

    def test_bodies_that_do_not_parse(self):
        huge = struct.pack(">i", 2147483647)
        for name, key, version, body in [
                ("Metadata", METADATA, 1, huge), ("Metadata", METADATA, 1, struct.pack(">ih", 1, 500) + b"abc"),
                ("Metadata", METADATA, 9, b"\0\xff\xff\xff\xff\x0f"), ("Produce", PRODUCE, 3, b"\xff\xff\0\1\0\0\0\1" + huge),
                ("Fetch", FETCH, 4, FETCH_V4.pack(-1, 0, 0, 1, 0, 2147483647)),
                ("Produce", PRODUCE, 3, b"\xff\xff\0\1\0\0\0\1" + struct.pack(">i", -5))]:
            with self.subTest(f"{name} {body!r}"):
                self.check_refused(frame(header(key, version) + body),
                                   rf"a request does not parse: {name} version {version}, field \w+ at byte \d+: \w+")

    def test_text_that_is_not_utf8(self):
        """As from the JVM broker: U+FFFD stands for what cannot be read, in names and in client ids."""
        name, read = b"\xff\xfe", "\ufffd\ufffd".encode()
        client = struct.pack(">hhih", METADATA, 1, 1, len(name)) + name
        connection = self.connect()
        connection.sendall(frame(client + struct.pack(">ih", 1, len(name)) + name))
        answer = connection.recv(struct.unpack(">i", connection.recv(4, socket.MSG_WAITALL))[0], socket.MSG_WAITALL)
        invalid_topic = struct.pack(">ihh", 1, 17, len(read)) + read
        self.assertIn(invalid_topic, answer)
        connection.sendall(frame(struct.pack(">hhih", METADATA, 12, 1, len(name)) + name + b"\0\x02" + bytes(16)
                                 + bytes([len(name) + 1]) + name + b"\0\0\0\0"))
        answer = connection.recv(struct.unpack(">i", connection.recv(4, socket.MSG_WAITALL))[0], socket.MSG_WAITALL)
        self.assertIn(struct.pack(">bhb", 2, 17, len(read) + 1) + read, answer)

    def test_random_bytes(self):
        chance = random.Random(20)
        for _ in range(200):
            connection = self.connect()
            try:
                connection.sendall(chance.randbytes(chance.randrange(1, 3000)))
                connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            self.check_ended(connection)

    def test_random_bodies_of_every_api(self):
        """Requests with a true header and random or truncated rest: an answer or the end, and no harm."""
        chance = random.Random(21)
        for key, (low, high) in api_versions(self.broker.port).items():
            if key in (4, 5, 6, 7):
                continue  # a controller's word is believed; these have their own fences
            for version in range(low, high + 1):
                for _ in range(6):
                    connection = self.connect()
                    body = header(key, version) + chance.choice([b"", b"\0"]) + chance.randbytes(chance.randrange(0, 60))
                    connection.sendall(frame(body))
                    connection.shutdown(socket.SHUT_WR)
                    connection.settimeout(70)
                    self.check_ended(connection)

    def test_a_controller_that_is_none_is_refused(self):
        """LeaderAndIsr, StopReplica, UpdateMetadata and ControlledShutdown with random bodies change nothing."""
        chance = random.Random(22)
        before = metadata(self.broker.port, ["good"])
        for key in (4, 5, 6, 7):
            low, high = api_versions(self.broker.port)[key]
            for version in range(low, high + 1):
                for _ in range(20):
                    connection = self.connect()
                    rest = b"" if version < 4 else b"\0"
                    connection.sendall(frame(header(key, version) + rest + chance.randbytes(chance.randrange(0, 60))))
                    connection.shutdown(socket.SHUT_WR)
                    self.check_ended(connection)
        self.assertEqual(before, metadata(self.broker.port, ["good"]))

    def test_broken_record_batches_are_refused_and_nothing_of_them_is_kept(self):
        create_topic(self.cluster.bootstrap, "broken", [[1]])
        chance = random.Random(23)
        good = batch([b"value %d" % i for i in range(5)])
        expected = []
        with Connection(self.broker.port) as connection:
            self.assertEqual((0, 0), produce(connection, "broken", 0, good))
            expected += [f"value {i}" for i in range(5)]
            for _ in range(300):
                records = bytearray(good)
                for _ in range(chance.randrange(1, 4)):
                    records[chance.randrange(len(records))] = chance.randrange(256)
                if chance.randrange(3) == 0:
                    records = records[:chance.randrange(len(records))]
                # The leader epoch stands outside the checksum and is the broker's to set.
                harmless = len(records) == len(good) and all(
                    records[i] == good[i] for i in range(len(good)) if not 12 <= i < 16)
                error, offset = produce(connection, "broken", 0, bytes(records))
                if harmless:
                    self.assertEqual(0, error)
                    expected += [f"value {i}" for i in range(5)]
                else:
                    self.assertNotEqual(0, error, f"{bytes(records)!r} was taken at {offset}")
        read = read_all(self.cluster.bootstrap, "broken", 1)[0]
        self.assertEqual(expected, [value for _, value in read])

    def test_half_open_connections(self):
        """Peers that sent part of a frame and then nothing, or went away."""
        open_ones = []
        for part in (b"\0", b"\0\0\0", struct.pack(">i", 50), frame(header(METADATA, 1))[:-3],
                     struct.pack(">i", MAX_REQUEST_BYTES), struct.pack(">i", MAX_REQUEST_BYTES) + b"\0" * 1000):
            for _ in range(20):
                connection = self.connect()
                connection.sendall(part)
                open_ones.append(connection)
        self.load.wait_progress(50)
        self.assertLess(self.broker.rss_mb(), memory_limit_mb(120), "announced lengths are allocated before the bytes are there")
        for connection in open_ones[::2]:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        for connection in open_ones:
            connection.close()

    def test_a_client_that_never_reads(self):
        create_topic(self.cluster.bootstrap, "unread", [[1]])
        producer = Producer({"bootstrap.servers": self.cluster.bootstrap})
        for _ in range(200):
            producer.produce("unread", b"x" * 100000, partition=0)
        self.assertEqual(0, producer.flush(60))
        ask = header(FETCH, 4) + FETCH_V4.pack(-1, 0, 0, 1 << 30, 0, 1)
        ask += struct.pack(">h6siiqi", 6, b"unread", 1, 0, 0, 1 << 30)
        deaf = []
        for _ in range(20):
            connection = self.connect()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.settimeout(0.2)
            try:
                for _ in range(10000):
                    connection.sendall(frame(ask))
            except socket.timeout:
                pass  # the broker takes no more: it waits for its answers to be read
            deaf.append(connection)
        self.load.wait_progress(100, deadline_s=20)
        self.assertLess(self.broker.rss_mb(), memory_limit_mb(120))

    def test_no_session_keeps_a_name_that_no_topic_can_have(self):
        connection = self.connect()
        answers = connection.makefile("rb")

        def fetch(session, epoch, name):
            """(error, session id) of the answer."""
            ask = header(FETCH, 7) + struct.pack(">iiiibiii", -1, 0, 0, 1 << 20, 0, session, epoch, 1)
            ask += struct.pack(">h", len(name)) + name + struct.pack(">iiqqi", 1, 0, 0, -1, 1 << 20)
            connection.sendall(frame(ask + struct.pack(">i", 0)))
            size, _, _, error, opened = struct.unpack(">iiihi", answers.read(18))
            answers.read(size - 14)
            return error, opened

        self.assertEqual((0, 0), fetch(0, 0, b"n" * 250))
        error, session = fetch(0, 0, b"none")
        self.assertEqual(0, error)
        self.assertNotEqual(0, session)
        self.assertEqual((0, session), fetch(session, 1, b"n" * 249))
        self.assertEqual((FETCH_SESSION_ID_NOT_FOUND, 0), fetch(session, 2, b"n" * 250))
        self.assertEqual((FETCH_SESSION_ID_NOT_FOUND, 0), fetch(session, 3, b"none"))

    def test_http_and_tls_on_the_plaintext_port(self):
        self.check_refused(b"GET / HTTP/1.1\r\nHost: kafka\r\n\r\n", "an HTTP request came to a Kafka port")
        self.check_refused(b"POST /topics HTTP/1.1\r\n\r\n", "an HTTP request came to a Kafka port")
        with self.assertRaises((http.client.HTTPException, ConnectionError)):
            client = http.client.HTTPConnection("127.0.0.1", self.broker.port, timeout=20)
            client.request("GET", "/")
            client.getresponse()
        connection = self.connect()
        context = ssl.create_default_context()
        with self.assertRaises((ssl.SSLError, ConnectionError)):
            context.wrap_socket(connection, server_hostname="localhost")
        self.wait_reason("a TLS client came to a plaintext port")

    def test_http_plaintext_and_rubbish_on_the_ssl_port(self):
        port = self.broker.ssl_port
        self.check_refused(b"GET / HTTP/1.1\r\nHost: kafka\r\n\r\n", "an HTTP request came to a TLS Kafka port", port)
        self.check_refused(frame(header(API_VERSIONS, 0)), "a plaintext Kafka client came to a TLS port", port)
        self.check_refused(b"\x99" * 50, "the first bytes on a TLS port are no TLS handshake", port)
        self.check_refused(b"\x16\x03\x01\x00\x10" + b"\x77" * 16, r"\w+", port)
        silent = [self.connect(port) for _ in range(50)]
        context = ssl.create_default_context(cafile=f"{self.cluster.certificates}/ca.pem")
        with socket.create_connection(("127.0.0.1", port), 20) as plain:
            with context.wrap_socket(plain, server_hostname="localhost") as good:
                good.sendall(frame(header(API_VERSIONS, 0)))
                self.assertEqual(0, struct.unpack(">iih", good.recv(10))[2])
        self.assertEqual(50, len(silent))

    def test_2000_idle_connections(self):
        before = self.broker.rss_mb()
        idle = [self.connect() for _ in range(2000)]
        for connection in idle[::2]:
            connection.sendall(frame(header(API_VERSIONS, 0)))
        for connection in idle[::2]:
            self.assertEqual(0, struct.unpack(">iih", connection.recv(10))[2])
        self.load.wait_progress(100, deadline_s=20)
        self.assertLess(self.broker.rss_mb() - before, memory_limit_mb(60))

    def test_many_requests_at_once_on_one_connection_are_answered_in_order(self):
        connection = self.connect()
        count = 2000
        connection.sendall(b"".join(frame(header(API_VERSIONS, 0, i)) for i in range(count)))
        answers = connection.makefile("rb")
        for i in range(count):
            size, correlation_id = struct.unpack(">ii", answers.read(8))
            self.assertEqual(i, correlation_id)
            answers.read(size - 4)


if __name__ == "__main__":
    unittest.main(verbosity=2)
