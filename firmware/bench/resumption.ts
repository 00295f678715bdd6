// SPDX-License-Identifier: Apache-2.0

/** What a resumption costs each side: a handshake by the key of the one before, with one agreement. */
import { Curve } from '../../src/crypto/curves.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import { createPreSharedKey, type PreSharedKey } from '../../src/handshake/psk/credential.ts';
import { createPskInitiator } from '../../src/handshake/psk/initiator.ts';
import { createPskResponder } from '../../src/handshake/psk/responder.ts';
import { resumptionKey } from '../../src/handshake/psk/resumption.ts';
import type { OperationGroup } from './operation.ts';

/** P-256 with AES-CCM-16-64-128: what the roles run. */
const SUITE = 2;
const [PNE, GATEWAY] = [
  { cred: Uint8Array.of(0xa1, 2, 0x61, 0x70) },
  { cred: Uint8Array.of(0xa1, 2, 0x61, 0x67) },
];
const [C_I, C_R] = [Uint8Array.of(1), Uint8Array.of(2)];

interface Side {
  readonly provider: CryptoProvider;
  readonly psk: PreSharedKey;
}

/** Each side runs against the other's stored messages, as handshake.ts does. The next key is made too. */
export function resumptionOperations(provider: CryptoProvider): OperationGroup {
  const [initiator, responder] = [sideOf(provider, 0x11), sideOf(provider, 0x12)];
  const waiting = startInitiator(initiator);
  const answer = startResponder(responder, waiting.message);
  const unconfirmed = waiting.receive(answer.message).finish();
  const { message } = answer.receive(unconfirmed.message).verify(responder.psk).answer();
  const [message1, message2, message3, message4] = [waiting, answer, unconfirmed, { message }].map(
    (each) => each.message,
  ) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  const bytes = message1.length + message2.length + message3.length + message4.length;
  const next = (established: Parameters<typeof resumptionKey>[0]) => {
    resumptionKey(established, PNE, GATEWAY).secret.wipe();
    established.close();
  };
  return () => [
    {
      op: 'handshake.initiator',
      bytes,
      run(): void {
        const run = startInitiator(initiator);
        next(run.receive(message2).finish().receive(message4).established);
        run.close();
      },
    },
    {
      op: 'handshake.responder',
      bytes,
      run: () =>
        next(
          startResponder(responder, message1).receive(message3).verify(responder.psk).answer().established,
        ),
    },
    { op: 'handshake.curves', bytes, run: () => runAgreement(provider, message1) },
  ];
}

function sideOf(provider: CryptoProvider, fill: number): Side {
  const ephemeral = new Uint8Array(32).fill(fill);
  return {
    provider: { ...provider, generateKey: (wanted) => provider.privateKey(wanted, ephemeral) },
    psk: createPreSharedKey(Uint8Array.of(3, 4), provider.secret(new Uint8Array(16).fill(7)), PNE, GATEWAY),
  };
}

function startInitiator({ provider, psk }: Side) {
  return createPskInitiator({ provider, version: 8, suite: SUITE, psk }).start({ connectionId: C_I });
}

function startResponder({ provider }: Side, message1: Uint8Array) {
  const responder = createPskResponder({ provider, version: 8, suites: [SUITE] });
  return responder.receive(message1).respond({ connectionId: C_R });
}

/** A key, and an agreement with the peer's, which is x alone. */
function runAgreement(provider: CryptoProvider, message1: Uint8Array): void {
  const key = provider.privateKey(Curve.P256, new Uint8Array(32).fill(3));
  // METHOD, SUITES_I and the head of G_X have four bytes.
  provider.agree(key, message1.subarray(4, 36)).wipe();
  key.wipe();
}
