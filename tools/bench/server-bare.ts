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
const TAG = Object.freeze({ authTagLength: 8 });
const NONCE_BYTES = 13;
/** The Enc_structure of a record whose kid has two bytes and its number three. */
const AAD_BYTES = 25;

export function createBare(): Bare {
  const key = createSecretKey(new Uint8Array(16).fill(1));
  const nonce = new Uint8Array(NONCE_BYTES);
  const aad = new Uint8Array(AAD_BYTES);
  const codec = new Encoder({ useRecords: false, variableMapSize: true, mapsAsObjects: true });

  function seal(plaintext: Uint8Array): Uint8Array {
    const cipher = createCipheriv(NAME, key, nonce, TAG);
    cipher.setAAD(aad, { plaintextLength: plaintext.length });
    const sealed = cipher.update(plaintext);
    cipher.final();
    return Buffer.concat([sealed, cipher.getAuthTag()]);
  }

  function open(sealed: Uint8Array): Uint8Array {
    const length = sealed.length - TAG.authTagLength;
    const decipher = createDecipheriv(NAME, key, nonce, TAG);
    decipher.setAuthTag(sealed.subarray(length));
    decipher.setAAD(aad, { plaintextLength: length });
    const plaintext = decipher.update(sealed.subarray(0, length));
    decipher.final();
    return plaintext;
  }

  return {
    seal,
    open,
    takeReading(sealed) {
      const [, number, payload] = codec.decode(open(sealed)) as [number, number, Uint8Array];
      return { value: codec.decode(payload), receipt: seal(codec.encode([2, number, 0])) };
    },
  };
}
