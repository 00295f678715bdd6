// SPDX-License-Identifier: Apache-2.0

import { concatBytes } from '../bytes/compare.ts';
import { Major } from '../cbor/head.ts';
import { MapKeys } from '../cbor/keys.ts';
import type { CborReader } from '../cbor/reader.ts';
import type { CborWriter } from '../cbor/writer.ts';
import { Curve, curveParameters } from '../crypto/curves.ts';
import { refuse } from '../refusal.ts';

/**
 * A public COSE_Key (RFC 9052 section 7; RFC 9053 section 7).
 *
 *   { 1: kty, ? 2: kid, ? 3: alg, -1: crv, -2: x, ? -3: y }    kty 1 = OKP, 2 = EC2
 */
export interface CoseKey {
  readonly curve: number;
  /** As the crypto door takes it: x ‖ y on P-256. */
  readonly publicKey: Uint8Array;
  readonly kid?: Uint8Array;
  readonly algorithm?: number;
}

const KeyType = Object.freeze({ OKP: 1, EC2: 2 } as const);
const Label = Object.freeze({ kty: 1, kid: 2, alg: 3, crv: -1, x: -2, y: -3 } as const);

interface Fields {
  kty?: number;
  kid?: Uint8Array;
  alg?: number;
  crv?: number;
  x?: Uint8Array;
  y?: Uint8Array;
}

/** Writes a whole public key: on P-256 with x and y. */
export function writeCoseKey(writer: CborWriter, key: CoseKey): CborWriter {
  const isEc2 = keyTypeOf(key.curve) === KeyType.EC2;
  const { coordinateLength, publicKeyLength } = curveParameters(key.curve)!;
  if (key.publicKey.length !== publicKeyLength) refuse('badArgument');
  const optional = (key.kid === undefined ? 0 : 1) + (key.algorithm === undefined ? 0 : 1);
  writer.map((isEc2 ? 4 : 3) + optional);
  writer.integer(Label.kty).integer(keyTypeOf(key.curve));
  if (key.kid !== undefined) writer.integer(Label.kid).byteString(key.kid);
  if (key.algorithm !== undefined) writer.integer(Label.alg).integer(key.algorithm);
  writer.integer(Label.crv).integer(key.curve);
  writer.integer(Label.x).byteString(key.publicKey.subarray(0, coordinateLength));
  if (isEc2) writer.integer(Label.y).byteString(key.publicKey.subarray(coordinateLength));
  return writer;
}

/**
 * Reads one key into views borrowed from the input. Refuses with `headerInvalid` any other label, so also a
 * private key, and what does not fit the curve; with `unsupportedAlgorithm` a curve that is not ours; with
 * `credentialInvalid` a sign in place of y. No signature could be verified with it: a device computes no square
 * root (PSA has none), and a key that one end takes and another does not is worse than one that none takes.
 */
export function readCoseKey(reader: CborReader): CoseKey {
  const fields: Fields = {};
  const keys = new MapKeys();
  for (let pairs = reader.map(); pairs > 0; pairs--) {
    keys.next(reader.peekItem());
    readField(reader, reader.integer(), fields);
  }
  const curve = fields.crv ?? refuse('headerInvalid');
  if (fields.kty !== keyTypeOf(curve)) refuse('headerInvalid');
  return {
    curve,
    publicKey: publicKeyOf(curve, fields),
    ...(fields.kid !== undefined && { kid: fields.kid }),
    ...(fields.alg !== undefined && { algorithm: fields.alg }),
  };
}

function readField(reader: CborReader, label: number, fields: Fields): void {
  if (label === Label.kty) fields.kty = reader.unsigned();
  else if (label === Label.kid) fields.kid = reader.byteString();
  else if (label === Label.alg) fields.alg = reader.integer();
  else if (label === Label.crv) fields.crv = reader.unsigned();
  else if (label === Label.x) fields.x = reader.byteString();
  else if (label === Label.y) fields.y = readY(reader);
  else refuse('headerInvalid');
}

function readY(reader: CborReader): Uint8Array {
  return reader.peekMajor() === Major.simple ? refuse('credentialInvalid') : reader.byteString();
}

function publicKeyOf(curve: number, { x, y }: Fields): Uint8Array {
  const length = curveParameters(curve)!.coordinateLength;
  if (x?.length !== length) return refuse('headerInvalid');
  if (keyTypeOf(curve) === KeyType.OKP) return y === undefined ? x : refuse('headerInvalid');
  return y?.length === length ? concatBytes(x, y) : refuse('headerInvalid');
}

function keyTypeOf(curve: number): number {
  if (curveParameters(curve) === undefined) refuse('unsupportedAlgorithm');
  return curve === Curve.P256 ? KeyType.EC2 : KeyType.OKP;
}
