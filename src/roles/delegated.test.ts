// SPDX-License-Identifier: Apache-2.0

/** CPNS-1 left to the link that carries it, and links that do not deserve it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Algorithm } from '../crypto/algorithms.ts';
import { decodeMessage1 } from '../handshake/message-1.ts';
import type { Attestation } from '../link/attestation.ts';
import { Channel } from '../link/channel.ts';
import { decodeRoute } from '../link/route.ts';
import { decodeOffer, NEGOTIATION_EAD_LABEL } from '../negotiation/ead.ts';
import { Authentication, Confidentiality, Integrity } from '../negotiation/mechanisms.ts';
import { policyOf, termsOf } from '../negotiation/side.testing.ts';
import { recordHandshake, refusedAt } from './attacker.testing.ts';
import { createTestNetwork } from './network.testing.ts';
import { assertWorks, connected, recordAlgorithms } from './scenario.testing.ts';

const test = suite('delegated to the link');

const BLE: Attestation = Object.freeze({
  kind: 'ble',
  encrypted: true,
  authenticated: true,
  bonded: true,
  keySize: 16,
  secureConnections: true,
  peer: Uint8Array.of(1, 2, 3, 4, 5, 6),
  channelBinding: new Uint8Array(16).fill(9),
});

test('CPNS-1 is left to a Bluetooth link that both ends attest: records are bare, CPNS-3 has its own', () => {
  const network = createTestNetwork({ attestations: { pne: BLE, gateway: BLE } });
  const handshake = recordHandshake(network, 'CPNS-1');
  network.linkUp();
  network.settle();
  assert.is(handshake.length, 4);
  assert.equal(recordAlgorithms(network, 'CPNS-1'), [undefined, undefined]);
  assert.equal(recordAlgorithms(network, 'CPNS-3'), Array(2).fill(Algorithm.AES_CCM_16_64_128));
  const onHop: Uint8Array[] = [];
  const relayed: Uint8Array[] = [];
  network.tap = (message) => {
    onHop.push(message);
    return [message];
  };
  network.relay = (message) => {
    relayed.push(decodeRoute(message).message);
    return [message];
  };
  assertWorks(network);
  assert.ok(onHop.length > 0 && onHop.every((message) => message[0] === Channel.hopRecord));
  const bodies = onHop.map((message) => message.subarray(1).join()).sort();
  assert.equal(bodies, relayed.map((message) => message.join()).sort());
});

for (const authenticated of [true, false]) {
  const way = authenticated ? 'by passkey' : 'with Just Works';

  test(`CPNS-1 is left to a Bluetooth link that was paired ${way}`, () => {
    const attestation = { ...BLE, authenticated };
    const network = connected({ attestations: { pne: attestation, gateway: attestation } });
    assert.equal(recordAlgorithms(network, 'CPNS-1'), [undefined, undefined]);
    assertWorks(network);
  });

  test(`nothing is agreed where the two ends see different channels, paired ${way}`, () => {
    const [pne, gateway] = [9, 8].map((byte) => ({
      ...BLE,
      authenticated,
      channelBinding: new Uint8Array(16).fill(byte),
    })) as [Attestation, Attestation];
    const network = connected({ attestations: { pne, gateway } });
    assert.equal(refusedAt(network, 'gateway'), ['channelMismatch']);
    assert.equal(network.agreements, []);
  });
}

test('nothing is left to a Bluetooth link that loses its encryption while the handshake runs', () => {
  const now = { pne: BLE, gateway: BLE };
  const network = createTestNetwork({ attestations: now });
  network.tap = (message, towards) => {
    if (towards === 'pne') now.pne = { ...BLE, encrypted: false };
    return [message];
  };
  network.linkUp();
  network.settle();
  assert.equal(refusedAt(network, 'pne'), ['belowFloor']);
  assert.equal(network.agreements, []);
});

const LIES: Readonly<Record<string, Attestation>> = {
  'is not encrypted': { ...BLE, encrypted: false },
  'names no channel': withoutChannel(BLE),
  'has a key of 7 bytes': { ...BLE, keySize: 7 },
  'has no bond': { ...BLE, bonded: false },
  'was paired without Secure Connections': { ...BLE, secureConnections: false },
};

for (const [what, lie] of Object.entries(LIES)) {
  test(`nothing is left to a Bluetooth link that ${what}, whichever end sees it`, () => {
    for (const attestations of [
      { pne: lie, gateway: BLE },
      { pne: BLE, gateway: lie },
    ]) {
      const network = connected({ attestations });
      assert.equal(recordAlgorithms(network, 'CPNS-1'), Array(2).fill(Algorithm.AES_CCM_16_64_128));
      assertWorks(network);
    }
  });
}

function withoutChannel({ channelBinding: _, ...rest }: Attestation): Attestation {
  return rest;
}

test('CPNS-3 leaves nothing to a link, whatever the ends of both hops attest and the policies accept', () => {
  const both = {
    integrity: termsOf(0, Integrity.delegated, Integrity.tag64),
    confidentiality: termsOf(0, Confidentiality.delegated, Confidentiality.aesCcm64),
  };
  const policy = policyOf(termsOf(64, Authentication.method3), both);
  const network = createTestNetwork({
    attestations: { pne: BLE, gateway: BLE, server: BLE },
    change: (own) => (own.name === 'CPNS-3' ? { ...own, policy } : own),
  });
  const handshake = recordHandshake(network, 'CPNS-3');
  network.linkUp();
  network.settle();
  const { ead1 } = decodeMessage1(handshake[0]!.bytes, [NEGOTIATION_EAD_LABEL]);
  assert.is(decodeOffer(ead1.items[0]!.value!).binding, undefined);
  assert.equal(recordAlgorithms(network, 'CPNS-3'), Array(2).fill(Algorithm.AES_CCM_16_64_128));
  assertWorks(network);
});

test.run();
