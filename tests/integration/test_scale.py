"""As many partitions as connections on one broker whose descriptors suffice for neither with all its files open.

ODRADEK_SCALE=10000 is the full size: 10,000 of each with 20,000 descriptors; it prints what memory and time that takes."""
import contextlib
import os
import re
import resource
import selectors
import socket
import struct
import unittest

from kafka.protocol.admin import CreateTopicsRequest
from kafka.protocol.fetch import FetchRequest
from kafka.protocol.produce import ProduceRequest

import wire
from cluster import SANITIZED, Cluster, wait_until

COUNT = int(os.environ.get("ODRADEK_SCALE", "1000"))
# Memory of an idle partition in the whole broker, its controller included, once what making it took was given back;
# that of few tells less, for the broker's own share.
MOST_IDLE_KIB = 4 if COUNT >= 10_000 else 8


@contextlib.contextmanager
def descriptors(count):
    """Processes started meanwhile have so many."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (count, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def cpu_s(broker):
    with open(f"/proc/{broker.process.pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Crowd:
    """Connections that all ask at once, one request each."""

    def __init__(self, port, count):
        self.sockets = [socket.create_connection(("127.0.0.1", port), 60) for _ in range(count)]

    def ask_all(self, request_of):
        """request_of(number) is the frame that this connection sends; the answers' bytes by number."""
        for number, one in enumerate(self.sockets):
            one.sendall(request_of(number))
        selector = selectors.DefaultSelector()
        received = [bytearray() for _ in self.sockets]
        for number, one in enumerate(self.sockets):
            selector.register(one, selectors.EVENT_READ, number)
        while selector.get_map():
            ready = selector.select(60)
            assert ready, f"{len(selector.get_map())} connections got no answer"
            for key, _ in ready:
                data = key.fileobj.recv(65536)
                assert data, f"connection {key.data} was closed"
                answer = received[key.data]
                answer += data
                if len(answer) >= 4 and len(answer) == 4 + struct.unpack_from(">i", answer)[0]:
                    selector.unregister(key.fileobj)
        return [bytes(answer[4:]) for answer in received]

    def close(self):
        for one in self.sockets:
            one.close()


def frame_of(request):
    return wire.frame(wire.header(request.API_KEY, request.API_VERSION) + request.encode())


def decoded(kind, version, answer):
    return kind[version].RESPONSE_TYPE.decode(answer[4:])


class ScaleTest(unittest.TestCase):
    def create(self, cluster):
        broker = cluster.brokers[0]
        with wire.Connection(broker.port, 120) as connection:
            answer = connection.ask(CreateTopicsRequest[3]([("many", COUNT, 1, [], [])], 120_000, False))
        self.assertEqual([("many", 0)], [(name, error) for name, error, *_ in answer.topic_errors])
        self.wait_led(broker)

    def wait_led(self, broker):
        def led():
            partitions = wire.metadata(broker.port, ["many"])[2]["many"]
            return len(partitions) == COUNT and all(error == 0 and leader == 1 for error, leader in partitions.values())
        wait_until(led, "leader of each partition", 120)

    def produce_each(self, crowd, records):
        batch = wire.batch([records])
        answers = crowd.ask_all(lambda number: frame_of(ProduceRequest[5](None, -1, 30_000, [("many", [(number, batch)])])))
        return [decoded(ProduceRequest, 5, answer).topics[0][1][0][1:3] for answer in answers]

    def check_contents(self, crowd, count):
        answers = crowd.ask_all(lambda number: frame_of(
            FetchRequest[4](-1, 1000, 0, 1 << 20, 0, [("many", [(number, 0, 1 << 20)])])))
        for number, answer in enumerate(answers):
            partition, error, end, *_, records = decoded(FetchRequest, 4, answer).topics[0][1][0]
            self.assertEqual((number, 0, count), (partition, error, end))
            for i in range(count):
                self.assertIn(b"round %d" % i, records, number)

    def idle_kib(self, broker, empty_mb):
        seen = []

        def small_enough():
            seen.append((broker.rss_mb() - empty_mb) * 1024 / COUNT)
            return seen[-1] <= MOST_IDLE_KIB

        try:
            wait_until(small_enough, "memory given back", 20)
        except AssertionError:
            if not SANITIZED:
                raise AssertionError(f"an idle partition takes {min(seen)} KiB, not {MOST_IDLE_KIB}") from None
        return min(seen)

    def first_appends(self, broker):
        """To fresh partitions, many in a request; the seconds of processor time."""
        batch = wire.batch([b"round 0"])
        before = cpu_s(broker)
        with wire.Connection(broker.port, 60) as connection:
            for first in range(0, COUNT, 500):
                entries = [(number, batch) for number in range(first, min(first + 500, COUNT))]
                answer = connection.ask(ProduceRequest[5](None, -1, 30_000, [("many", entries)]))
                self.assertEqual({(0, 0)}, {(error, offset) for _, error, offset, *_ in answer.topics[0][1]})
        return cpu_s(broker) - before

    def descriptors_of(self, broker):
        return len(os.listdir(f"/proc/{broker.process.pid}/fd"))

    def check_restart(self, broker, count):
        self.wait_led(broker)
        crowd = Crowd(broker.port, COUNT)
        self.check_contents(crowd, count)
        crowd.close()
        return re.findall(r"Loaded \d+ logs in (\d+) ms", broker.log())[-1]

    def test_partitions_and_connections_share_the_descriptors(self):
        with Cluster(1, socket_listen_backlog_size=1000) as cluster:
            broker = cluster.brokers[0]
            self.assertEqual(0, broker.stop())
            with descriptors(2 * COUNT):
                broker.start()
            figures = {"empty, MB": broker.rss_mb()}
            self.create(cluster)
            figures["idle, KiB a partition"] = self.idle_kib(broker, figures["empty, MB"])
            figures["first append, us each"] = self.first_appends(broker) * 1e6 / COUNT
            figures["after the first appends, MB"] = broker.rss_mb()
            crowd = Crowd(broker.port, COUNT)
            for number in range(1, 4):
                self.assertEqual({(0, number)}, set(self.produce_each(crowd, b"round %d" % number)))
            self.check_contents(crowd, 4)
            figures["with all connections, MB"] = broker.rss_mb()
            self.assertLess(self.descriptors_of(broker), 2 * COUNT)
            self.assertGreater(self.descriptors_of(broker), COUNT)
            # None of them is turned away for want of descriptors, nor is the next.
            self.assertIn(1, {node for node, *_ in wire.metadata(broker.port, [])[0]})
            self.assertNotIn("Too many open files", broker.log())
            crowd.close()
            self.restart(cluster, broker, figures)
            if COUNT >= 10_000:
                print(figures)

    def restart(self, cluster, broker, figures):
        broker.kill()
        wait_until(lambda: not cluster.zk().exists("/brokers/ids/1"), "end of the session")
        with descriptors(2 * COUNT):
            broker.start()
        figures["load after a kill, ms"] = self.check_restart(broker, 4)
        self.assertEqual(0, broker.stop())
        with descriptors(2 * COUNT):
            broker.start()
        figures["load after a stop, ms"] = self.check_restart(broker, 4)


if __name__ == "__main__":
    unittest.main(verbosity=2)
