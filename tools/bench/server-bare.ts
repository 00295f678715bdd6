// SPDX-License-Identifier: Apache-2.0

/**
 * What the server's figures are measured against: node:crypto and cbor-x on the same messages, with nothing around
 * them. Nonce and AAD are made beforehand, and nothing is checked: no kid, no replay, no limit, no form.
 */
import { type CipherCCMTypes, createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto';
import { Encoder } from 'cbor-x';

export interface Bare {
  /** Returns ciphertext and tag. */
  seal(plaintext: Uint8Array): Uint8Array;
  open(sealed: Uint8Array): Uint8Array;
  /** Opens a reading's message, reads it and its payload, and seals its receipt, in as few calls as that takes. */
  takeReading(sealed: Uint8Array): { readonly value: unknown; readonly receipt: Uint8Array };
}

const NAME: CipherCCMTypes = 'aes-128-ccm';
const NONCE_BYTES = 13;
/** The Enc_structure of a record whose kid has two bytes and its number three. */
const AAD_BYTES = 25;

/** Settings by which cbor-x makes the bytes that ours are. */
export const BARE_CBOR = Object.freeze({ useRecords: false, variableMapSize: true, mapsAsObjects: true });

/** AES-CCM with a tag of so many bytes, under a key of its own. */
export function createBareAead(authTagLength: 8 | 16): Pick<Bare, 'seal' | 'open'> {
  const tag = { authTagLength };
  const key = createSecretKey(new Uint8Array(16).fill(authTagLength));
  const nonce = new Uint8Array(NONCE_BYTES);
  const aad = new Uint8Array(AAD_BYTES);
  return {
    seal(plaintext) {
      const cipher = createCipheriv(NAME, key, nonce, tag);
      cipher.setAAD(aad, { plaintextLength: plaintext.length });
      const sealed = cipher.update(plaintext);
      cipher.final();
      return Buffer.concat([sealed, cipher.getAuthTag()]);
    },
    open(sealed) {
      const length = sealed.length - authTagLength;
      const decipher = createDecipheriv(NAME, key, nonce, tag);
      decipher.setAuthTag(sealed.subarray(length));
      decipher.setAAD(aad, { plaintextLength: length });
      const plaintext = decipher.update(sealed.subarray(0, length));
      decipher.final();
      return plaintext;
    },
  };
}

export function createBare(): Bare {
  const { seal, open } = createBareAead(8);
  const codec = new Encoder(BARE_CBOR);
  return {
    seal,
    open,
    takeReading(sealed) {
      const [, number, payload] = codec.decode(open(sealed)) as [number, number, Uint8Array];
      return { value: codec.decode(payload), receipt: seal(codec.encode([2, number, 0])) };
    },
  };
}
