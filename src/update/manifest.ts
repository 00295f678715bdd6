// SPDX-License-Identifier: Apache-2.0

/**
 * What is signed of an image of a device's program, as a COSE_Sign1 (RFC 9052 section 4.2) by ES256:
 *
 *     18([ << {1: -7} >>, {}, << [1, version: uint, board: tstr, size: uint, digest: bstr .size 32] >>, signature ])
 *
 * `digest` is SHA-256 of the image. What is signed begins with a label of ours as external_aad, so that no signature that a
 * key has made for something else says anything of an image.
 */
import { encodeUtf8 } from '../bytes/utf8.ts';
import { decodeFlat, encodeFlat } from '../cbor/flat.ts';
import { createHeaders } from '../cose/headers.ts';
import { createSign1, decodeSign1, encodeSign1, verifySign1 } from '../cose/sign1.ts';
import { SignatureAlgorithm } from '../crypto/curves.ts';
import type { AsymmetricProvider, PrivateKey } from '../crypto/provider.ts';
import { refuse } from '../refusal.ts';

export interface Manifest {
  /** Grows with each release. */
  readonly version: number;
  /** The folder in boards. */
  readonly board: string;
  /** Bytes of the image, at least one. */
  readonly size: number;
  /** SHA-256. */
  readonly digest: Uint8Array;
}

const FORM = 1;
const DIGEST_BYTES = 32;
const BOARD_BYTES = 32;
const LABEL = 'pne-runtime image 1';

/** Returns the signed manifest. The key is of P-256. */
export function signManifest(
  provider: AsymmetricProvider,
  privateKey: PrivateKey,
  { version, board, size, digest }: Manifest,
): Uint8Array {
  const payload = encodeFlat([FORM, version, board, size, digest]);
  check({ version, board, size, digest });
  const algorithm = SignatureAlgorithm.ES256;
  const context = { provider, algorithm, privateKey, externalAad: encodeUtf8(LABEL) };
  return encodeSign1(createSign1(createHeaders({ algorithm }, {}), payload, context));
}

/**
 * Verifies it with the key, x ‖ y, and only then reads it. Refuses what decodeSign1 and decodeFlat refuse,
 * `signatureInvalid`, `unsupportedAlgorithm`, and `updateDamaged` where what was signed is no manifest.
 */
export function verifyManifest(
  provider: AsymmetricProvider,
  publicKey: Uint8Array,
  bytes: Uint8Array,
): Manifest {
  const algorithm = SignatureAlgorithm.ES256;
  const context = { provider, algorithm, publicKey, externalAad: encodeUtf8(LABEL) };
  const [form, version, board, size, digest, ...more] = decodeFlat(verifySign1(decodeSign1(bytes), context));
  const isManifest =
    form === FORM &&
    typeof version === 'number' &&
    typeof board === 'string' &&
    typeof size === 'number' &&
    typeof digest === 'object' &&
    more.length === 0;
  return isManifest ? check({ version, board, size, digest }) : refuse('updateDamaged');
}

function check(manifest: Manifest): Manifest {
  const { version, board, size, digest } = manifest;
  const isOne =
    version > 0 && size > 0 && digest.length === DIGEST_BYTES && encodeUtf8(board).length <= BOARD_BYTES;
  return isOne ? manifest : refuse('updateDamaged');
}
