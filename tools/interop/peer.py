# SPDX-License-Identifier: Apache-2.0

"""The other end, made of libraries of other people: one JSON object a line in, one out.

A request names what to do; its values and those of the answer are strings, bytes in hexadecimal. What a
library raises is answered as {"refused": why}.
"""

import json
import platform
import sys
from importlib.metadata import version

from cbor_peer import CborPeer
from cose_peer import CosePeer
from cwt_peer import CwtPeer
from edhoc_peer import EdhocPeer
from nvs_peer import NvsPeer


def main():
    cose = CosePeer()
    rooms = [EdhocPeer(cose), cose, CborPeer(), CwtPeer(), NvsPeer()]
    for line in sys.stdin:
        request = json.loads(line)
        name = request.pop("do")
        print(json.dumps(versions() if name == "versions" else answer(rooms, name, request)), flush=True)


def answer(rooms, name, request):
    room = next(room for room in rooms if hasattr(room, name))
    try:
        return getattr(room, name)(**request)
    except Exception as error:
        return {"refused": str(error) or type(error).__name__}


def versions():
    packages = ["lakers-python", "pycose", "cwt", "cbor2", "cryptography", "bumble", "esp-idf-nvs-partition-gen"]
    return {"python": platform.python_version(), **{name: version(name) for name in packages}}


main()
