# SPDX-License-Identifier: Apache-2.0

"""EDHOC as lakers does it: method 3, suite 2. The steps are those of edhoc-end.ts."""

import cbor2
import lakers
from cryptography.hazmat.primitives.asymmetric import ec

BY_REFERENCE = lakers.CredentialTransfer.ByReference
# The last label that lakers encodes as CBOR: of a larger one it writes the bare byte.
EXPORTER_LABEL = 23


class EdhocPeer:
    def __init__(self, cose):
        self.cose = cose

    def identity(self, kid, subject):
        """Makes a fresh key, and its CCS with cbor2."""
        self.private, x = lakers.p256_generate_key_pair()
        key = ec.derive_private_key(int.from_bytes(self.private, "big"), ec.SECP256R1())
        numbers = key.public_key().public_numbers()
        if numbers.x.to_bytes(32, "big") != x:
            raise ValueError("lakers and cryptography disagree on a public key")
        self.kid = bytes.fromhex(kid)
        cose_key = {1: 2, 2: self.kid, -1: 1, -2: x, -3: numbers.y.to_bytes(32, "big")}
        self.credential = cbor2.dumps({2: subject, 8: {1: cose_key}}, canonical=True)
        return {"CRED": self.credential.hex()}

    def trust(self, CRED):
        self.trusted = bytes.fromhex(CRED)
        return {}

    def message1(self, connection_id, ead, suites):
        """lakers itself decides on the suites: 2 alone."""
        self.edhoc = lakers.EdhocInitiator()
        self.own_id = bytes.fromhex(connection_id)
        message = self.edhoc.prepare_message_1(self.own_id, from_text(ead))
        return {"C_I": connection_id, "EAD_1": ead, "message_1": message.hex()}

    def message2(self, message_1, connection_id, ead):
        self.edhoc = lakers.EdhocResponder(self.private, self.credential)
        self.own_id = bytes.fromhex(connection_id)
        self.peer_id, ead_1 = self.edhoc.process_message_1(bytes.fromhex(message_1))
        message = self.edhoc.prepare_message_2(BY_REFERENCE, self.own_id, from_text(ead))
        return {
            "message_1": message_1,
            "C_I": self.peer_id.hex(),
            "EAD_1": to_text(ead_1),
            "C_R": connection_id,
            "ID_CRED_R": self.id_cred(),
            "EAD_2": ead,
            "message_2": message.hex(),
        }

    def message3(self, message_2, ead):
        self.peer_id, id_cred, ead_2 = self.edhoc.parse_message_2(bytes.fromhex(message_2))
        peer = lakers.credential_check_or_fetch(id_cred, self.trusted)
        self.edhoc.verify_message_2(self.private, self.credential, peer)
        message, _ = self.edhoc.prepare_message_3(BY_REFERENCE, from_text(ead))
        return {
            "message_2": message_2,
            "C_R": self.peer_id.hex(),
            "ID_CRED_R": id_cred.hex(),
            "EAD_2": to_text(ead_2),
            "ID_CRED_I": self.id_cred(),
            "EAD_3": ead,
            "message_3": message.hex(),
        }

    def message4(self, message_3, ead):
        values = self.verify(message_3)
        message = self.edhoc.prepare_message_4(from_text(ead))
        return {**values, "EAD_4": ead, "message_4": message.hex()}

    def conclude(self, message_3):
        values = self.verify(message_3)
        self.edhoc.completed_without_message_4()
        return values

    def verify(self, message_3):
        id_cred, ead_3 = self.edhoc.parse_message_3(bytes.fromhex(message_3))
        self.edhoc.verify_message_3(lakers.credential_check_or_fetch(id_cred, self.trusted))
        return {"message_3": message_3, "ID_CRED_I": id_cred.hex(), "EAD_3": to_text(ead_3)}

    def finish(self, message_4):
        ead_4 = self.edhoc.process_message_4(bytes.fromhex(message_4))
        return {"message_4": message_4, "EAD_4": to_text(ead_4)}

    def confirm(self, reply, algorithm):
        """Takes a protected reply in place of message_4."""
        self.edhoc.completed_without_message_4()
        self.session(algorithm)
        return self.cose.unprotect(reply)

    def exported(self):
        return {
            "OSCORE Master Secret": self.edhoc.edhoc_exporter(0, b"", 16).hex(),
            "OSCORE Master Salt": self.edhoc.edhoc_exporter(1, b"", 8).hex(),
            "exporter": self.edhoc.edhoc_exporter(EXPORTER_LABEL, bytes(range(40)), 48).hex(),
        }

    def updated(self, context):
        self.edhoc.edhoc_key_update(bytes.fromhex(context))
        return {"exporter after update": self.edhoc.edhoc_exporter(EXPORTER_LABEL, b"", 32).hex()}

    def session(self, algorithm):
        """Records under the keys of the handshake."""
        return self.cose.context(
            algorithm=algorithm,
            secret=self.edhoc.edhoc_exporter(0, b"", 16).hex(),
            salt=self.edhoc.edhoc_exporter(1, b"", 8).hex(),
            sender_id=self.peer_id.hex(),
            recipient_id=self.own_id.hex(),
            id_context="",
        )

    def id_cred(self):
        return cbor2.dumps({4: self.kid}).hex()


def from_text(text):
    """Reads EAD items as ead-text.ts writes them: `label` or `label=hex`, negative where critical."""
    items = []
    for item in text.split():
        label, separator, value = item.partition("=")
        content = bytes.fromhex(value) if separator else None
        items.append(lakers.EADItem(abs(int(label)), int(label) < 0, content))
    return items


def to_text(items):
    texts = []
    for item in items:
        label = -item.label() if item.is_critical() else item.label()
        texts.append(str(label) if item.value() is None else f"{label}={item.value().hex()}")
    return " ".join(texts)
