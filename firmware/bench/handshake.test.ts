// SPDX-License-Identifier: Apache-2.0
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createNobleProvider } from '../../src/crypto/noble/provider.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import { handshakeOperations } from './handshake.ts';

const test = suite('bench, handshake');

const CURVE_CALLS = ['privateKey', 'agree', 'sign', 'verify'] as const;

/** The same provider, and what was asked of its curves. */
function counted(provider: CryptoProvider, calls: string[]): CryptoProvider {
  const counting = CURVE_CALLS.map((name) => {
    const call = provider[name] as (...given: unknown[]) => unknown;
    return [
      name,
      (...given: unknown[]) => {
        calls.push(name);
        return call(...given);
      },
    ];
  });
  return { ...provider, ...Object.fromEntries(counting) };
}

test('the curve operations that a handshake is measured against are all that each side asks for', () => {
  const calls: string[] = [];
  const noble = createNobleProvider((target) => target.fill(1));
  const groups = handshakeOperations(counted(noble, calls));
  const measured = groups.flatMap((group) => group());
  const operations = measured.map(({ op, run }) => {
    calls.length = 0;
    run(0);
    return [op, calls.slice().sort().join(' ')];
  });
  const names = ['handshake.initiator', 'handshake.responder', 'handshake.curves'];
  assert.equal(operations, [
    ...names.map((op) => [op, 'agree agree agree privateKey']),
    ...names.map((op) => [op, 'agree privateKey sign verify']),
    ...names.map((op) => [op, 'agree privateKey']),
  ]);
});

test.run();
