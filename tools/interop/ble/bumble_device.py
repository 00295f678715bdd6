# SPDX-License-Identifier: Apache-2.0

"""A device on Bumble: what the questions of bumble_end.py do. Values are text, bytes in hexadecimal."""

import asyncio
import hashlib
import hmac
import json
from collections import defaultdict
from pathlib import Path

from bumble.core import ProtocolError
from bumble.device import ConnectionParametersPreferences, Device, Peer
from bumble.gatt import Characteristic, CharacteristicValue, Service
from bumble.hci import Address, HCI_Constant, Phy
from bumble.keys import JsonKeyStore
from bumble.pairing import PairingConfig, PairingDelegate
from bumble.smp import ErrorCode
from bumble.transport.unix import open_unix_client_transport

UUIDS = json.loads(Path(__file__).with_name("service.json").read_text())
#: Seconds that anything may take.
PATIENCE = 20
#: Milliseconds.
INTERVAL = 15
SUPERVISION = 3000
KEYS = "bumble-keys.json"
MTU = 517
#: BLE_BINDING_LABEL and BLE_BINDING_BYTES of src/link/ble.ts.
LABEL = b"CPNS-1 over Bluetooth LE: channel binding"
BINDING_BYTES = 16

IO = {
    "NO_INPUT_NO_OUTPUT": PairingDelegate.NO_OUTPUT_NO_INPUT,
    "KEYBOARD_ONLY": PairingDelegate.KEYBOARD_INPUT_ONLY,
    "DISPLAY_ONLY": PairingDelegate.DISPLAY_OUTPUT_ONLY,
    "DISPLAY_YES_NO": PairingDelegate.DISPLAY_OUTPUT_AND_YES_NO_INPUT,
}


class Person(PairingDelegate):
    """Hands what a person would see to whoever asks for it, and waits for what the person does."""

    def __init__(self, io, mailboxes):
        super().__init__(IO[io])
        self.mailboxes = mailboxes
        self.agrees = False

    async def compare_numbers(self, number, digits):
        if self.agrees:
            return True
        self.show("compare", number)
        return (await self.mailboxes["answer"].get())["confirm"] == "yes"

    async def display_number(self, number, digits):
        self.show("show", number)

    async def get_number(self):
        self.mailboxes["prompt"].put_nowait({"kind": "type"})
        return int((await self.mailboxes["answer"].get())["passkey"])

    def show(self, kind, number):
        self.mailboxes["prompt"].put_nowait({"kind": kind, "passkey": f"{number:06}"})


class BumbleDevice:
    def __init__(self):
        self.mailboxes = defaultdict(asyncio.Queue)
        self.remote = {}
        self.tasks = set()

    async def open(self, socket, address, io):
        transport = await open_unix_client_transport(socket)
        address = Address(address, Address.RANDOM_DEVICE_ADDRESS)
        self.device = Device.with_hci("device", address, transport.source, transport.sink)
        self.device.keystore = JsonKeyStore(str(address), KEYS)
        self.person = Person(io, self.mailboxes)
        mitm = io != "NO_INPUT_NO_OUTPUT"
        self.device.pairing_config_factory = lambda connection: PairingConfig(
            sc=True,
            mitm=mitm,
            bonding=True,
            delegate=self.person,
            identity_address_type=PairingConfig.AddressType.RANDOM,
        )
        self.device.on("connection", self.adopt)
        self.secured = Characteristic(
            UUIDS["secured"],
            Characteristic.READ | Characteristic.WRITE | Characteristic.NOTIFY,
            Characteristic.READABLE
            | Characteristic.WRITEABLE
            | Characteristic.READ_REQUIRES_ENCRYPTION
            | Characteristic.WRITE_REQUIRES_ENCRYPTION,
            CharacteristicValue(read=lambda connection: b"secured", write=self.on_write),
        )
        open_value = Characteristic(UUIDS["open"], Characteristic.READ, Characteristic.READABLE, b"open")
        self.device.add_service(Service(UUIDS["service"], [open_value, self.secured]))
        await self.device.power_on()

    async def advertise(self):
        await self.device.start_advertising()

    async def connect(self, peer):
        preferences = ConnectionParametersPreferences(
            connection_interval_min=INTERVAL,
            connection_interval_max=INTERVAL,
            supervision_timeout=SUPERVISION,
        )
        address = Address(peer, Address.RANDOM_DEVICE_ADDRESS)
        await self.device.connect(
            address, connection_parameters_preferences={Phy.LE_1M: preferences}, timeout=PATIENCE
        )
        return await self.connected()

    async def connected(self):
        return await self.take("connected")

    async def pair(self):
        task = asyncio.create_task(self.try_to_pair())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def prompt(self):
        return await self.take("prompt")

    async def agree(self):
        """From now on, comparisons are answered with yes, and nobody is asked."""
        self.person.agrees = True

    async def answer(self, **answer):
        self.mailboxes["answer"].put_nowait(answer)

    async def paired(self, patience=None):
        """patience: milliseconds, where they are fewer than usual."""
        result = await self.take("paired", int(patience) / 1000 if patience else PATIENCE)
        if "failure" in result:
            raise RuntimeError(result["failure"])
        return result

    async def encrypt(self):
        await self.connection.encrypt()

    async def encrypted(self):
        return await self.take("encrypted")

    async def exchangeMtu(self):
        return {"mtu": str(await self.peer.request_mtu(MTU))}

    async def discover(self):
        self.peer = Peer(self.connection)
        [service] = await self.peer.discover_service(UUIDS["service"])
        found = await service.discover_characteristics()
        names = {uuid.lower(): name for name, uuid in UUIDS.items()}
        self.remote = {names[str(characteristic.uuid).lower()]: characteristic for characteristic in found}
        return {"count": str(len(found))}

    async def read(self, uuid):
        return {"value": (await self.remote[uuid].read_value()).hex()}

    async def write(self, value):
        await self.remote["secured"].write_value(bytes.fromhex(value), with_response=True)

    async def subscribe(self):
        await self.remote["secured"].subscribe(
            lambda value: self.mailboxes["notified"].put_nowait({"value": value.hex()})
        )

    async def notify(self, value):
        await self.device.notify_subscriber(self.connection, self.secured, bytes.fromhex(value))

    async def notified(self):
        return await self.take("notified")

    async def written(self):
        return await self.take("written")

    async def disconnect(self):
        await self.connection.disconnect()
        return await self.disconnected()

    async def disconnected(self):
        return await self.take("disconnected")

    def adopt(self, connection):
        self.connection = connection
        self.mailboxes.pop("paired", None)
        connection.on("pairing", self.on_paired)
        connection.on("pairing_failure", lambda reason: self.put("paired", failure=ErrorCode(reason).name))
        connection.on("connection_encryption_change", self.on_encryption)
        connection.on("disconnection", self.on_disconnection)
        self.put("connected")

    async def try_to_pair(self):
        try:
            await self.connection.pair()
        except ProtocolError:
            pass  # on("pairing_failure") says so.

    def on_paired(self, keys):
        """A key of Secure Connections is the same for both ends; of legacy pairing there is one an end."""
        sc = keys.ltk is not None
        mitm = sc and keys.ltk.authenticated
        channel = channel_binding(keys.ltk.value) if sc else ""
        self.put("paired", sc=str(sc).lower(), mitm=str(mitm).lower(), bond="true", channel=channel)

    def on_encryption(self):
        if self.connection.is_encrypted:
            self.put("encrypted")

    def on_disconnection(self, reason):
        self.put("disconnected", reason=HCI_Constant.error_name(reason))

    def on_write(self, connection, value):
        self.put("written", value=value.hex())

    def put(self, kind, **mail):
        self.mailboxes[kind].put_nowait(mail)

    async def take(self, kind, patience=PATIENCE):
        return await asyncio.wait_for(self.mailboxes[kind].get(), patience)


def channel_binding(key):
    """key: the long-term key, in the order in which Bumble hands it to the controller."""
    return hmac.new(key, LABEL, hashlib.sha256).digest()[:BINDING_BYTES].hex()
