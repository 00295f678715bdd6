# SPDX-License-Identifier: Apache-2.0

"""CBOR items as cbor2 reads and writes them."""

import itertools
import random

import cbor2

MAX_DEPTH = 4


class CborPeer:
    def reencode(self, item):
        """Returns the item as cbor2 writes it: its maps sorted and floats short, and left as they were."""
        value = cbor2.loads(bytes.fromhex(item))
        return {"canonical": cbor2.dumps(value, canonical=True).hex(), "plain": cbor2.dumps(value).hex()}

    def make(self, seed, count, longest):
        """Returns so many random items, the same for the same seed, of so many octets at most."""
        source = random.Random(int(seed))
        drawn = (cbor2.dumps(value(source, 0), canonical=True) for _ in itertools.count())
        items = itertools.islice((item for item in drawn if len(item) <= int(longest)), int(count))
        return {"items": " ".join(item.hex() for item in items)}


def value(source, depth):
    """Maps have keys of one type: for others RFC 7049's order, which cbor2 has, is not RFC 8949's."""
    if depth < MAX_DEPTH and source.random() < 0.5:
        kind = source.choice(["array", "map", "tag"])
        if kind == "array":
            return [value(source, depth + 1) for _ in range(source.randrange(5))]
        if kind == "tag":
            return cbor2.CBORTag(source.choice([16, 17, 18, 61, 1000, 100000]), value(source, depth + 1))
        key = source.choice([integer, text, binary])
        return {key(source): value(source, depth + 1) for _ in range(source.randrange(5))}
    return source.choice([integer, negative, text, binary, number, simple])(source)


def integer(source):
    return source.randrange(2 ** source.choice([4, 5, 8, 16, 32, 64]))


def negative(source):
    return -1 - integer(source)


def text(source):
    return "".join(chr(source.choice([0x41, 0xE9, 0x20AC, 0x1F600])) for _ in range(source.randrange(30)))


def binary(source):
    return source.randbytes(source.choice([0, 1, 23, 24, 40, 300]))


def number(source):
    """Below 32768.0: from there on cbor2 writes halves as singles even where floats are to be short."""
    return source.choice([0.0, -0.0, 1.5, 0.1, 32752.0, 1e5, 3.4e38, 1e300, float("inf"), float("nan")])


def simple(source):
    return source.choice([False, True, None, cbor2.undefined, cbor2.CBORSimpleValue(99)])
