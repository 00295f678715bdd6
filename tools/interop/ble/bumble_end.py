# SPDX-License-Identifier: Apache-2.0

"""A program: a device on Bumble that does what it is asked, a line of JSON each, and answers in a line."""

import asyncio
import json
import logging
import sys

from bumble_device import BumbleDevice


async def main():
    device = BumbleDevice()
    lines = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        request = json.loads(line)
        print(json.dumps(await answer(device, request.pop("do"), request)), flush=True)


async def answer(device, name, request):
    try:
        return await getattr(device, name)(**request) or {}
    except Exception as error:
        return {"refused": str(error) or type(error).__name__}


# What Bumble refuses is answered; it need not be said twice.
logging.getLogger("bumble").setLevel(logging.CRITICAL)
asyncio.run(main())
