# SPDX-License-Identifier: Apache-2.0

"""Records as pycose makes and opens them, under keys that are derived here by RFC 8613 section 3.2.1."""

import cbor2
from cryptography.hazmat.primitives.ciphers import aead
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pycose.algorithms import CoseAlgorithm, _EncAlg
from pycose.headers import IV, KID, Algorithm, KIDContext, PartialIV
from pycose.keys import SymmetricKey
from pycose.messages import CoseMessage, Enc0Message, Mac0Message

KEY_LENGTHS = {1: 16, 4: 32, 5: 32, 10: 16, 24: 32, 30: 16}
NONCE_LENGTHS = {1: 12, 10: 13, 24: 12, 30: 13}


@CoseAlgorithm.register_attribute()
class ChaCha20Poly1305(_EncAlg):
    """Missing in pycose. Its structures and nonces are pycose's, the cipher is cryptography's."""

    identifier = 24
    fullname = "CHACHA20_POLY1305"

    @classmethod
    def get_key_length(cls):
        return 32

    @classmethod
    def encrypt(cls, key, nonce, data, aad):
        return aead.ChaCha20Poly1305(key.k).encrypt(nonce, data, aad)

    @classmethod
    def decrypt(cls, key, nonce, ciphertext, aad):
        return aead.ChaCha20Poly1305(key.k).decrypt(nonce, ciphertext, aad)


class CosePeer:
    def context(self, algorithm, secret, salt, sender_id, recipient_id, id_context, sequence="0"):
        self.algorithm = int(algorithm)
        self.secret, self.salt = bytes.fromhex(secret), bytes.fromhex(salt)
        self.sender_id, self.recipient_id = bytes.fromhex(sender_id), bytes.fromhex(recipient_id)
        self.id_context = bytes.fromhex(id_context) or None
        self.sequence = int(sequence)
        return {}

    def protect(self, plaintext):
        """Returns a full COSE message that names no algorithm, as records do not."""
        sequence = self.sequence
        self.sequence += 1
        partial_iv = sequence.to_bytes(max(1, (sequence.bit_length() + 7) // 8), "big")
        headers = {KID: self.sender_id, PartialIV: partial_iv}
        if self.id_context is not None:
            headers[KIDContext] = self.id_context
        is_aead = self.algorithm in NONCE_LENGTHS
        message = (Enc0Message if is_aead else Mac0Message)(uhdr=headers, payload=bytes.fromhex(plaintext))
        self.prepare(message, self.sender_id)
        content = [message.encrypt()] if is_aead else [message.payload, message.compute_tag()]
        message.uhdr = headers
        encoded = CoseMessage.encode(message, [message.phdr_encoded, message.uhdr_encoded, *content])
        return {"message": encoded.hex()}

    def unprotect(self, message):
        encoded = bytes.fromhex(message)
        if cbor2.dumps(cbor2.loads(encoded), canonical=True) != encoded:
            raise ValueError("not what cbor2 writes as canonical")
        received = CoseMessage.decode(encoded)
        expected = (self.recipient_id, self.id_context)
        if (received.uhdr.get(KID), received.uhdr.get(KIDContext)) != expected:
            raise ValueError("another kid or kid context")
        self.prepare(received, self.recipient_id)
        if self.algorithm in NONCE_LENGTHS:
            return {"plaintext": received.decrypt().hex()}
        if not received.verify_tag():
            raise ValueError("InvalidTag")
        return {"plaintext": received.payload.hex()}

    def prepare(self, message, kid):
        """Gives a message what both ends know without it: algorithm, key, Base IV and external_aad."""
        message.key = SymmetricKey(k=self.derive(kid, "Key", KEY_LENGTHS[self.algorithm]))
        partial_iv = message.uhdr[PartialIV]
        message.external_aad = cbor2.dumps([1, [self.algorithm], kid, partial_iv, b""], canonical=True)
        message.uhdr_update({Algorithm: CoseAlgorithm.from_id(self.algorithm)})
        if self.algorithm not in NONCE_LENGTHS:
            return
        base_iv = self.base_iv(kid, NONCE_LENGTHS[self.algorithm])
        message.key.base_iv = base_iv
        if base_iv[0] == 0:
            # pycose drops the zeros that a nonce begins with.
            message.uhdr_update({IV: xor(base_iv, partial_iv.rjust(len(base_iv), b"\0"))})

    def derive(self, identifier, kind, length):
        info = cbor2.dumps([identifier, self.id_context, self.algorithm, kind, length])
        return HKDF(algorithm=SHA256(), length=length, salt=self.salt, info=info).derive(self.secret)

    def base_iv(self, kid, length):
        """RFC 8613 section 5.2, for a Partial IV of zero."""
        padded = bytes([len(kid)]) + kid.rjust(length - 6, b"\0") + bytes(5)
        return xor(self.derive(b"", "IV", length), padded)


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b, strict=True))
