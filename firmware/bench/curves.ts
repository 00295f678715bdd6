// SPDX-License-Identifier: Apache-2.0

/** Keys, agreements and signatures. */
import { Curve, SignatureAlgorithm } from '../../src/crypto/curves.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import type { BenchOperation, OperationGroup } from './operation.ts';

const KEY_BYTES = 32;
const MESSAGE_BYTES = 64;
const NAMES: readonly (readonly [name: string, curve: number])[] = [
  ['P-256', Curve.P256],
  ['X25519', Curve.X25519],
];

export function curveOperations(provider: CryptoProvider): OperationGroup[] {
  return [
    ...NAMES.map(([name, curve]) => agreementOperations(provider, name, curve)),
    signatureOperations(provider),
  ];
}

/** The peer's key is x alone, as in a handshake. */
function agreementOperations(provider: CryptoProvider, name: string, curve: number): OperationGroup {
  const bytes = new Uint8Array(KEY_BYTES).fill(3);
  const key = provider.privateKey(curve, bytes);
  const peer = key.publicKey.slice(0, KEY_BYTES);
  return (): BenchOperation[] => [
    { op: `key ${name}`, bytes: KEY_BYTES, run: () => provider.privateKey(curve, bytes).wipe() },
    { op: `agree ${name}`, bytes: KEY_BYTES, run: () => provider.agree(key, peer).wipe() },
  ];
}

function signatureOperations(provider: CryptoProvider): OperationGroup {
  const algorithm = SignatureAlgorithm.ES256;
  const key = provider.privateKey(Curve.P256, new Uint8Array(KEY_BYTES).fill(3));
  const message = new Uint8Array(MESSAGE_BYTES).fill(7);
  const signature = provider.sign(algorithm, key, message);
  const bytes = MESSAGE_BYTES;
  return (): BenchOperation[] => [
    { op: 'sign ES256', bytes, run: () => provider.sign(algorithm, key, message) },
    { op: 'verify ES256', bytes, run: () => provider.verify(algorithm, key.publicKey, message, signature) },
  ];
}
