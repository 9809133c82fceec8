"""The requests about settings, quotas and SCRAM credentials as bytes, and their answers as plain tuples."""
import socket
import struct

import peers  # noqa: F401  (finds wire)
import wire

TOPIC, BROKER, LOGGER = 2, 4, 8
SET, DELETE, APPEND, SUBTRACT = range(4)


def text(value):
    if value is None:
        return struct.pack(">h", -1)
    data = value.encode()
    return struct.pack(">h", len(data)) + data


def compact(value):
    data = value if isinstance(value, bytes) else value.encode()
    return varint(len(data) + 1) + data


def varint(number):
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def array(items, encode):
    return struct.pack(">i", len(items)) + b"".join(encode(item) for item in items)


def compact_array(items, encode):
    return varint(len(items) + 1) + b"".join(encode(item) + b"\0" for item in items)


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, layout):
        values = struct.unpack_from(">" + layout, self.data, self.at)
        self.at += struct.calcsize(">" + layout)
        return values[0]

    def bytes(self, length):
        self.at += length
        return self.data[self.at - length:self.at]

    def text(self):
        length = self.take("h")
        return None if length < 0 else self.bytes(length).decode()

    def varint(self):
        number = shift = 0
        while True:
            byte = self.take("B")
            number |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return number

    def compact(self):
        length = self.varint() - 1
        return None if length < 0 else self.bytes(length).decode()

    def array(self, read):
        return [read() for _ in range(self.take("i"))]

    def compact_array(self, read):
        found = []
        for _ in range(self.varint() - 1):
            found.append(read())
            self.varint()
        return found


def ask(port, api_key, version, body, flexible=False):
    """One request on a connection of its own; a Reader behind the answer's header."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        header = wire.header(api_key, version) + (b"\0" if flexible else b"")
        connection.sendall(wire.frame(header + body))
        stream = connection.makefile("rb")
        size = stream.read(4)
        if len(size) < 4:
            raise ConnectionError(f"the broker closed the connection on api {api_key}")
        reader = Reader(stream.read(struct.unpack(">i", size)[0]))
    reader.take("i")
    if flexible:
        reader.varint()
    return reader


def describe(port, kind, name, keys=None, documentation=False):
    """(error, message, {key: (value, read-only, source, sensitive, synonyms, type)})"""
    body = struct.pack(">ib", 1, kind) + text(name)
    body += struct.pack(">i", -1) if keys is None else array(keys, text)
    reader = ask(port, 32, 3, body + bytes([1, documentation]))
    reader.take("i")

    def config():
        key, value = reader.text(), reader.text()
        read_only, source, sensitive = reader.take("?"), reader.take("b"), reader.take("?")
        synonyms = reader.array(lambda: (reader.text(), reader.text(), reader.take("b")))
        kind, told = reader.take("b"), reader.text()
        return key, (value, read_only, source, sensitive, synonyms, kind) + ((told,) if documentation else ())

    reader.take("i")  # one resource
    error, message = reader.take("h"), reader.text()
    reader.take("b")
    reader.text()
    return error, message, dict(reader.array(config))


def outcomes(reader):
    reader.take("i")
    return reader.array(lambda: (reader.take("h"), reader.text(), reader.take("b"), reader.text()))


def alter(port, resources, validate_only=False):
    """`resources`: (kind, name, {key: value}); [(error, message, kind, name)]"""
    body = array(resources, lambda r: struct.pack(">b", r[0]) + text(r[1]) +
                 array(list(r[2].items()), lambda config: text(config[0]) + text(config[1])))
    return outcomes(ask(port, 33, 1, body + bytes([validate_only])))


def change(port, resources, validate_only=False):
    """`resources`: (kind, name, [(key, operation, value)]); [(error, message, kind, name)]"""
    body = array(resources, lambda r: struct.pack(">b", r[0]) + text(r[1]) +
                 array(r[2], lambda c: text(c[0]) + struct.pack(">b", c[1]) + text(c[2])))
    return outcomes(ask(port, 44, 0, body + bytes([validate_only])))


def describe_quotas(port, components, strict=False):
    """`components`: (type, 0 exact | 1 default | 2 any, name); (error, message, {entity: {key: value}})"""
    body = array(components, lambda c: text(c[0]) + struct.pack(">b", c[1]) + text(c[2]))
    reader = ask(port, 48, 0, body + bytes([strict]))
    reader.take("i")
    error, message, found = reader.take("h"), reader.text(), {}
    for _ in range(max(reader.take("i"), 0)):
        entity = tuple(sorted(reader.array(lambda: (reader.text(), reader.text()))))
        found[entity] = dict(sorted(reader.array(lambda: (reader.text(), reader.take("d")))))
    return error, message, found


def alter_quotas(port, entries, validate_only=False):
    """`entries`: ([(type, name)], [(key, value or None)]); [(error, message)]"""
    def change_of(op):
        return text(op[0]) + struct.pack(">d?", op[1] or 0, op[1] is None)

    body = array(entries, lambda e: array(e[0], lambda part: text(part[0]) + text(part[1])) + array(e[1], change_of))
    reader = ask(port, 49, 0, body + bytes([validate_only]))
    reader.take("i")
    return reader.array(lambda: (reader.take("h"), reader.text(),
                                 tuple(sorted(reader.array(lambda: (reader.text(), reader.text()))))))


def describe_scram(port, users):
    """(error, message, [(user, error, message, [(mechanism, iterations)])])"""
    body = compact_array(users, compact) + b"\0"
    reader = ask(port, 50, 0, body, flexible=True)
    reader.take("i")
    error, message = reader.take("h"), reader.compact()
    return error, message, reader.compact_array(lambda: (
        reader.compact(), reader.take("h"), reader.compact(),
        reader.compact_array(lambda: (reader.take("b"), reader.take("i")))))


def alter_scram(port, deletions, upsertions):
    """`deletions`: (user, mechanism); `upsertions`: (user, mechanism, iterations, salt, salted password); {user: (error, message)}"""
    body = compact_array(deletions, lambda d: compact(d[0]) + struct.pack(">b", d[1]))
    body += compact_array(upsertions, lambda u: compact(u[0]) + struct.pack(">bi", u[1], u[2]) + compact(u[3]) + compact(u[4]))
    reader = ask(port, 51, 0, body + b"\0", flexible=True)
    reader.take("i")
    return dict(reader.compact_array(lambda: (reader.compact(), (reader.take("h"), reader.compact()))))
