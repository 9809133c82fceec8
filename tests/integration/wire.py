"""Single requests on a socket of our own, for what a client library would hide: errors, retries, order, broken bytes."""
import socket
import struct
import time

from kafka.protocol.admin import ApiVersionRequest
from kafka.protocol.fetch import FetchRequest
from kafka.protocol.metadata import MetadataRequest
from kafka.protocol.parser import KafkaProtocol
from kafka.protocol.produce import ProduceRequest
from kafka.record.default_records import DefaultRecordBatchBuilder
from kafka.record.memory_records import MemoryRecords


class Connection:
    """One connection to one broker; `ask` sends a kafka-python request and waits for its answer."""

    def __init__(self, port, timeout_s=20):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout_s)
        self.protocol = KafkaProtocol(client_id="wire", api_version=(2, 3, 0))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def ask(self, request):
        self.protocol.send_request(request)
        self.socket.sendall(self.protocol.send_bytes())
        while True:
            data = self.socket.recv(65536)
            if not data:
                raise ConnectionError("the broker closed the connection")
            answers = self.protocol.receive_bytes(data)
            if answers:
                return answers[0][1]

    def ended(self):
        """Waits until the broker ends the connection; what it sent before that."""
        received = b""
        try:
            while chunk := self.socket.recv(65536):
                received += chunk
        except ConnectionError:
            pass
        return received


def frame(body):
    return struct.pack(">i", len(body)) + body


def header(api_key, version, correlation_id=1, client_id=b"wire"):
    return struct.pack(">hhih", api_key, version, correlation_id, len(client_id)) + client_id


def metadata(port, topics=None):
    """What the broker at this port believes: ({broker ids}, controller id, {topic: {partition: (error, leader)}})."""
    with Connection(port) as connection:
        answer = connection.ask(MetadataRequest[5](topics, False))
    brokers = frozenset((node, host, its_port) for node, host, its_port, _ in answer.brokers)
    believed = {}
    for _, topic, _, partitions in answer.topics:
        believed[topic] = {index: (error, leader) for error, index, leader, *_ in partitions}
    return brokers, answer.controller_id, believed


def api_versions(port):
    with Connection(port) as connection:
        answer = connection.ask(ApiVersionRequest[0]())
    return {key: (low, high) for key, low, high in answer.api_versions}


def batch(values, producer_id=-1, epoch=-1, sequence=-1, transactional=False, key=None, codec=0, at_ms=None):
    builder = DefaultRecordBatchBuilder(2, codec, transactional, producer_id, epoch, sequence, 1 << 20)
    time_ms = int(time.time() * 1000) if at_ms is None else at_ms
    for offset, value in enumerate(values):
        builder.append(offset, time_ms, key, value, [])
    return bytes(builder.build())


def produce(connection, topic, partition, records, acks=-1):
    """(error code, base offset) of one batch."""
    answer = connection.ask(ProduceRequest[5](None, acks, 10000, [(topic, [(partition, records)])]))
    _, error, offset, *_ = answer.topics[0][1][0]
    return error, offset


def fetch(connection, topic, partition, offset, max_wait_ms=500):
    """(error code, number of records) of what a consumer is answered."""
    answer = connection.ask(FetchRequest[4](-1, max_wait_ms, 1, 1 << 20, 0, [(topic, [(partition, offset, 1 << 20)])]))
    _, error, _, _, _, data = answer.topics[0][1][0]
    records = MemoryRecords(data or b"")
    count = 0
    while records.has_next():
        count += sum(1 for _ in records.next_batch())
    return error, count


def fetch_in_rack(connection, topic, partition, offset, rack):
    """(error code, preferred replica, bytes of records) of what a consumer in this rack is answered."""
    answer = connection.ask(FetchRequest[11](-1, 0, 0, 1 << 20, 0, 0, -1, [(topic, [(partition, -1, offset, -1, 1 << 20)])], [], rack))
    _, error, _, _, _, _, preferred, records = answer.topics[0][1][0]
    return error, preferred, len(records or b"")


def delete_records(port, topic, partition, offset, timeout_ms=20000):
    """(error code, low watermark) once every live replica begins at the offset."""
    name = topic.encode()
    body = struct.pack(f">ih{len(name)}siiqi", 1, len(name), name, 1, partition, offset, timeout_ms)
    with Connection(port) as connection:
        connection.socket.sendall(frame(header(21, 0) + body))
        size = struct.unpack(">i", connection.socket.recv(4, socket.MSG_WAITALL))[0]
        answer = connection.socket.recv(size, socket.MSG_WAITALL)
    _, low_watermark, error = struct.unpack(">iqh", answer[-14:])
    return error, low_watermark


def move_replica(port, directory, topic, partition):
    """Has the broker move its replica into another of its log directories."""
    path, name = directory.encode(), topic.encode()
    body = struct.pack(f">ih{len(path)}sih{len(name)}sii", 1, len(path), path, 1, len(name), name, 1, partition)
    with Connection(port) as connection:
        connection.socket.sendall(frame(header(34, 1) + body))
        size = struct.unpack(">i", connection.socket.recv(4, socket.MSG_WAITALL))[0]
        answer = connection.socket.recv(size, socket.MSG_WAITALL)
    error, = struct.unpack(">h", answer[-2:])
    if error:
        raise AssertionError(f"{topic}-{partition} does not move to {directory}: error {error}")
