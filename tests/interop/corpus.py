"""Records to write and to read back: mostly small, some empty, a few large; the same again for the same seed."""
import os
import random
from collections import namedtuple

COUNT = int(os.environ.get("ODRADEK_INTEROP_RECORDS", "20000"))
CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]
LARGE = [900_000, 500_000, 200_000, 200_000, 70_000] + [20_000] * 15

Record = namedtuple("Record", "key value headers")


def lengths(source, count):
    large = dict(zip(source.sample(range(count), min(len(LARGE), count // 2)), LARGE))
    for i in range(count):
        yield large.get(i, 0 if i % 50 == 7 else source.randrange(1, 200))


def text(count=COUNT, seed=1):
    """Records of printable text, never with a tab or a line end, whose keys are never empty: what consoles can carry."""
    source = random.Random(seed)
    for i, length in enumerate(lengths(source, count)):
        half = length // 2
        value = (source.randbytes(half // 2 + 1).hex()[:half] + f"record {i} says 'äö' over and over; " * (length // 30 + 1))[:length]
        yield Record(f"key-{i}", value, [])


def binary(count=COUNT, seed=2):
    """Records of any bytes, with null and empty keys and values, and up to three headers."""
    source = random.Random(seed)
    for i, length in enumerate(lengths(source, count)):
        half = length // 2
        value = source.randbytes(half) + (b"\x00again\xff" * (length // 7 + 1))[:length - half]
        key = None if i % 11 == 3 else source.randbytes(i % 24)
        headers = [(f"header-{j}", source.randbytes(j * 5)) for j in range(i % 4)]
        yield Record(key, None if i % 97 == 5 and key else value, headers)
