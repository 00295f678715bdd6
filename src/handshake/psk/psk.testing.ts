// SPDX-License-Identifier: Apache-2.0

import { fromHex } from '../../bytes/hex.ts';
import type { CryptoProvider } from '../../crypto/provider.ts';
import type { EadItem } from '../ead.ts';
import { C_I, C_R, createProvider } from '../test-fixture.ts';
import { createPreSharedKey, type PreSharedKey } from './credential.ts';
import { createPskInitiator } from './initiator.ts';
import { createPskResponder } from './responder.ts';

/** Every bit on Node; XS takes a prime share: curves are slow there. */
export const STRIDE = Reflect.has(globalThis, 'process') ? 1 : 13;

export const none = new Uint8Array(0);

export const PNE = { cred: fromHex('a10263706e65') };

export const GATEWAY = { cred: fromHex('a1026767617465776179') };

export function keyOf(provider: CryptoProvider, fill: number, kid = Uint8Array.of(0, 16)): PreSharedKey {
  return createPreSharedKey(kid, provider.secret(new Uint8Array(16).fill(fill)), PNE, GATEWAY);
}

export function createPskEnds(suiteNumber = 0, knownEad: readonly number[] = []) {
  const [here, there] = [createProvider(1), createProvider(2)];
  const options = { version: 8, suites: [suiteNumber], knownEad } as const;
  return {
    initiator: createPskInitiator({ ...options, suite: suiteNumber, provider: here, psk: keyOf(here, 7) }),
    responder: createPskResponder({ ...options, provider: there }),
    psk: keyOf(there, 7),
    wrong: keyOf(there, 8),
    there,
  };
}

export function begin(
  { initiator, responder }: ReturnType<typeof createPskEnds>,
  ead: readonly EadItem[][] = [],
) {
  const waiting = initiator.start({ connectionId: C_I, ead1: ead[0] ?? [] });
  const received = responder.receive(waiting.message);
  return { waiting, received, answer: received.respond({ connectionId: C_R, ead2: ead[1] ?? [] }) };
}
