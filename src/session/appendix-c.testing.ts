// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import rfc8613 from '../../tools/vectors/oscore-rfc8613/appendix_c.json';
import { fromHex, toHex } from '../bytes/hex.ts';
import { encStructure } from '../cose/structure.ts';
import { Algorithm } from '../crypto/algorithms.ts';
import type { CryptoProvider, Secret } from '../crypto/provider.ts';
import { aadArray } from './aad.ts';
import { encodeInfo } from './info.ts';
import { baseIv, nonce } from './nonce.ts';
import { decodePartialIv, encodePartialIv } from './partial-iv.ts';
import { createSession } from './session.ts';

type Vector = Readonly<Record<string, string | number>>;

const VECTORS = rfc8613.vectors as Readonly<Record<string, Vector>>;
const ALGORITHM = Algorithm.AES_CCM_16_64_128;
const NONE = new Uint8Array(0);
const FIRST_PARTIAL_IV = new Uint8Array(1);

/** The derivation that a message example continues: it gives its IDs and the secret behind its key. */
const CONTEXT_OF: Readonly<Record<string, string>> = {
  'C.4': 'C.1.1',
  'C.5': 'C.2.1',
  'C.6': 'C.3.1',
  'C.7': 'C.1.2',
  'C.8': 'C.1.2',
};

/** RFC 8613's own vectors, over any provider. */
export function runAppendixCTests(provider: CryptoProvider): void {
  const test = suite(`RFC 8613 Appendix C over ${provider.name}`);
  let compared = 0;

  function vector(name: string): Vector {
    return VECTORS[name]!;
  }

  function bytes(of: Vector, field: string): Uint8Array {
    return fromHex((of[field] as string | undefined) ?? '');
  }

  /** Compares with a value of the vector, which has to be there. */
  function is(actual: Uint8Array, of: Vector, field: string): void {
    assert.type(of[field], 'string', field);
    assert.is(toHex(actual), of[field], field);
    compared += 1;
  }

  function pseudorandomKey(of: Vector): Secret {
    const masterSecret = provider.secret(bytes(of, 'Master Secret'));
    return provider.extract(Algorithm.SHA_256, bytes(of, 'Master Salt'), masterSecret);
  }

  function idContext(of: Vector): Uint8Array | undefined {
    return of['ID Context'] === undefined ? undefined : bytes(of, 'ID Context');
  }

  for (const name of ['C.1.1', 'C.1.2', 'C.2.1', 'C.2.2', 'C.3.1', 'C.3.2']) {
    test(`${name} derivation`, () => {
      const given = vector(name);
      const secret = pseudorandomKey(given);
      const expand = (info: Uint8Array, length: number) =>
        provider.expand(Algorithm.SHA_256, secret, info, length);

      for (const role of ['Sender', 'Recipient']) {
        const info = encodeInfo(bytes(given, `${role} ID`), idContext(given), ALGORITHM, 'Key', 16);
        is(info, given, `info (for ${role} Key)`);
        is(expand(info, 16), given, `${role} Key`);
      }
      const info = encodeInfo(NONE, idContext(given), ALGORITHM, 'IV', 13);
      is(info, given, 'info (for Common IV)');
      const commonIv = expand(info, 13);
      is(commonIv, given, 'Common IV');
      is(
        nonce(baseIv(commonIv, bytes(given, 'Sender ID')), decodePartialIv(FIRST_PARTIAL_IV)),
        given,
        'sender nonce',
      );
      is(
        nonce(baseIv(commonIv, bytes(given, 'Recipient ID')), decodePartialIv(FIRST_PARTIAL_IV)),
        given,
        'recipient nonce',
      );
    });
  }

  interface Request {
    readonly kid: Uint8Array;
    readonly partialIv: Uint8Array;
  }

  /** `ivOwner` and `partialIv` make the nonce, `request` the AAD: they differ in responses only. */
  function checkMessage(name: string, request: Request, ivOwner: Uint8Array, partialIv: Uint8Array): void {
    const given = vector(name);
    const derivation = vector(CONTEXT_OF[name]!);
    const keyInfo = bytes(derivation, 'info (for Sender Key)');
    const secret = pseudorandomKey(derivation);
    is(provider.expand(Algorithm.SHA_256, secret, keyInfo, 16), given, 'Sender Key');
    is(bytes(given, 'encryption key'), given, 'Sender Key');

    const array = aadArray(given['AEAD Algorithm'] as number, request.kid, request.partialIv);
    is(array, given, 'aad_array');
    const aad = encStructure(NONE, array);
    is(aad, given, 'AAD');
    const iv = nonce(baseIv(bytes(given, 'Common IV'), ivOwner), decodePartialIv(partialIv));
    is(iv, given, 'nonce');

    const key = provider.aeadKey(ALGORITHM, provider.expandSecret(Algorithm.SHA_256, secret, keyInfo, 16));
    is(key.seal(iv, aad, bytes(given, 'plaintext')), given, 'ciphertext');
    is(key.open(iv, aad, bytes(given, 'ciphertext'))!, given, 'plaintext');
  }

  const firstRequest = { kid: bytes(vector('C.4'), 'kid'), partialIv: bytes(vector('C.4'), 'Partial IV') };

  for (const name of ['C.4', 'C.5', 'C.6']) {
    test(`${name} request`, () => {
      const given = vector(name);
      const partialIv = encodePartialIv(given['Sender Sequence Number'] as number);
      is(partialIv, given, 'Partial IV');
      assert.is(decodePartialIv(partialIv), given['Sender Sequence Number']);
      is(bytes(given, 'Sender ID'), given, 'kid');
      checkMessage(name, { kid: bytes(given, 'kid'), partialIv }, bytes(given, 'kid'), partialIv);
    });

    test(`${name} is what a session sends, behind a header of its own`, () => {
      const given = vector(name);
      const derivation = vector(CONTEXT_OF[name]!);
      const context = idContext(derivation);
      const session = createSession(
        {
          provider,
          algorithm: ALGORITHM,
          masterSecret: provider.secret(bytes(derivation, 'Master Secret')),
          masterSalt: bytes(derivation, 'Master Salt'),
          senderId: bytes(derivation, 'Sender ID'),
          recipientId: bytes(derivation, 'Recipient ID'),
          ...(context === undefined ? {} : { idContext: context }),
        },
        { firstSequenceNumber: given['Sender Sequence Number'] as number, reserve: () => undefined },
      );
      const record = session.protect(bytes(given, 'plaintext'));
      const header = { 'C.4': '8114', 'C.5': '1400', 'C.6': 'c1140837cbf3210017a2d3' }[name]!;
      assert.is(toHex(record), `${header}${given.ciphertext}`);
    });
  }

  test('C.7 response with the nonce of its request', () => {
    checkMessage('C.7', firstRequest, firstRequest.kid, firstRequest.partialIv);
  });

  test('C.8 response with a Partial IV of its own', () => {
    const given = vector('C.8');
    const partialIv = encodePartialIv(given['Sender Sequence Number'] as number);
    is(partialIv, given, 'Partial IV');
    checkMessage('C.8', firstRequest, bytes(given, 'Sender ID'), partialIv);
  });

  test('every value was compared', () => {
    // 6 derivations of 8 values, 5 messages of 7, 3 Partial IVs and kids of requests, 1 of a response.
    assert.is(compared, 6 * 8 + 5 * 7 + 3 * 2 + 1);
  });

  test.run();
}
