# SPDX-License-Identifier: Apache-2.0

"""Grants as cwt makes and reads them. What it would add to a token by itself is left out; cbor2 writes the claims."""

import hashlib
import time

import cbor2
import cwt
from cwt import COSE, Claims, COSEKey

EXP, CTI, CNF, SCOPE = 4, 7, 8, 9
METHODS = {"kid": 3, "ckt": 5}


class CwtPeer:
    def make_mac(self, key, **claims):
        return {"grant": encode(symmetric(key), 4, claims)}

    def make_signed(self, x, y, d, **claims):
        return {"grant": encode(elliptic(x, y, d), -7, claims)}

    def make_usual(self, key):
        return {"grant": cwt.encode({7: b"\x07\x01", 9: b"\x81\x82\x08\x07"}, symmetric(key)).hex()}

    def read_mac(self, key, grant):
        return values(verified(grant, symmetric(key)))

    def read_signed(self, x, y, grant):
        return values(verified(grant, elliptic(x, y)))

    def verify_example(self, cwt, x, y, k):
        """Its times are past: the claims are read, the tag or signature is verified all the same."""
        message = cbor2.loads(bytes.fromhex(cwt))
        while message.tag == 61:
            message = message.value
        named = cbor2.loads(message.value[0])[1], message.value[1][4]
        key = COSEKey.new(symmetric_key(k, named[1]) if k else elliptic_key(x, y, kid=named[1]))
        claims = cbor2.loads(COSE.new().decode(cbor2.dumps(message), key))
        if claims[7] != bytes.fromhex("0b71"):
            raise ValueError("other claims")
        return {}

    def thumbprint(self, x, y):
        key = {1: 2, -1: 1, -2: bytes.fromhex(x), -3: bytes.fromhex(y)}
        return {"thumbprint": hashlib.sha256(cbor2.dumps(key, canonical=True)).hexdigest()}


def encode(key, algorithm, claims):
    payload = {
        EXP: int(claims["exp"]),
        CTI: bytes.fromhex(claims["cti"]),
        CNF: {METHODS[claims["method"]]: bytes.fromhex(claims["cnf"])},
        SCOPE: bytes.fromhex(claims["scope"]),
    }
    encoded = cbor2.dumps(payload, canonical=True)
    return COSE.new().encode(encoded, key, protected={1: algorithm}, unprotected={}).hex()


def verified(grant, key):
    """cwt.decode wants a kid, which a grant has no room for: the same steps without it."""
    claims = cbor2.loads(COSE.new().decode(bytes.fromhex(grant), key))
    if METHODS["ckt"] not in claims[CNF]:
        # It knows no thumbprints.
        Claims.new(claims)
    if claims[EXP] < time.time():
        raise ValueError("expired")
    return claims


def values(claims):
    if set(claims) != {EXP, CTI, CNF, SCOPE}:
        raise ValueError(f"other claims: {sorted(claims)}")
    ((method, cnf),) = claims[CNF].items()
    return {
        "exp": str(claims[EXP]),
        "cti": claims[CTI].hex(),
        "method": {number: name for name, number in METHODS.items()}[method],
        "cnf": cnf.hex(),
        "scope": claims[SCOPE].hex(),
    }


def symmetric(key):
    return COSEKey.new(symmetric_key(key))


def symmetric_key(key, kid=None):
    named = {} if kid is None else {2: kid}
    return {1: 4, 3: 4, -1: bytes.fromhex(key), **named}


def elliptic(x, y, d=None):
    return COSEKey.new(elliptic_key(x, y, d))


def elliptic_key(x, y, d=None, kid=None):
    own = {} if d is None else {-4: bytes.fromhex(d)}
    named = {} if kid is None else {2: kid}
    return {1: 2, 3: -7, -1: 1, -2: bytes.fromhex(x), -3: bytes.fromhex(y), **own, **named}
