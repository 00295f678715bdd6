// SPDX-License-Identifier: Apache-2.0

/**
 * Whatever is lost, cut off, restarted or used up, and wherever: each reading arrives, and arrives once.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CryptoProvider } from '../crypto/provider.ts';
import { ImplementationLimits } from '../limits.ts';
import { Channel, encodeChannelMessage } from '../link/channel.ts';
import type { RoleName } from '../negotiation/policies.ts';
import { refuse } from '../refusal.ts';
import { encodeCompressed } from '../session/compressed.ts';
import {
  agreedOn,
  deliver,
  holdHandshake,
  interceptHandshake,
  refusedAt,
  type SecuredInterface,
  takeOne,
} from './attacker.testing.ts';
import { createTestNetwork, PROVIDER, type TestNetwork, type TestNetworkOptions } from './network.testing.ts';

const test = suite('recovery');

function connected(options: TestNetworkOptions = {}): TestNetwork {
  const network = createTestNetwork(options);
  network.linkUp();
  network.settle();
  return network;
}

/** Lets time pass, as the host does: messages move, timers fire, and a link that went down comes up again. */
function recover(network: TestNetwork, rounds = 8): void {
  for (let round = 0; round < rounds; round += 1) {
    if (!network.isUp) network.linkUp();
    network.settle();
    network.fireTimers();
  }
  if (!network.isUp) network.linkUp();
  network.settle();
}

function values(network: TestNetwork): unknown[] {
  return network.received.map(({ value }) => value);
}

function passAll(network: TestNetwork): void {
  network.tap = (message) => [message];
  network.relay = (message) => [message];
}

/** Runs `act` in place of the `position`-th message on an interface, which is then lost. */
function losing(network: TestNetwork, on: 'tap' | 'relay', position: number, act = (): void => {}): void {
  let passed = 0;
  network[on] = (message: Uint8Array) => {
    passed += 1;
    if (passed !== position) return [message];
    act();
    return [];
  };
}

/** How many messages pass from the first one to the receipt of a reading and of a content. */
function countMessages(on: 'tap' | 'relay'): number {
  const network = createTestNetwork();
  let passed = 0;
  network[on] = (message: Uint8Array) => {
    passed += 1;
    return [message];
  };
  report(network);
  network.linkUp();
  network.settle();
  return passed;
}

function report(network: TestNetwork): void {
  network.pne.report('reading');
  network.server.deliver('pne-1', 'content');
}

function assertOnce(network: TestNetwork, what: string): void {
  assert.equal(values(network), ['reading'], what);
  assert.equal(network.contents, ['content'], what);
  assert.ok(network.pne.idle, what);
}

for (const [on, name] of [
  ['tap', 'CPNS-1'],
  ['relay', 'CPNS-2'],
] as const) {
  const messages = countMessages(on);

  test(`any one of the ${messages} messages on ${name} lost`, () => {
    for (let position = 1; position <= messages; position += 1) {
      const network = createTestNetwork();
      losing(network, on, position);
      report(network);
      recover(network);
      assertOnce(network, `message ${position}`);
    }
  });
}

for (const [on, name] of [
  ['tap', 'CPNS-1'],
  ['relay', 'CPNS-2'],
] as const) {
  test(`any one message that the link of ${name} refuses to send`, () => {
    const messages = countMessages(on);
    for (let position = 1; position <= messages; position += 1) {
      const network = createTestNetwork();
      losing(network, on, position, () => refuse('queueFull'));
      report(network);
      recover(network);
      assertOnce(network, `message ${position}`);
    }
  });
}

test('the link lost at any message of the way', () => {
  const messages = countMessages('tap');
  for (let position = 1; position <= messages; position += 1) {
    const network = createTestNetwork();
    losing(network, 'tap', position, () => network.linkDown());
    report(network);
    recover(network);
    assertOnce(network, `message ${position}`);
  }
});

test('the link lost with readings outstanding', () => {
  const network = connected();
  network.relay = () => [];
  for (let value = 0; value < ImplementationLimits.pneMaxOutstanding; value += 1) network.pne.report(value);
  network.settle();
  network.linkDown();
  passAll(network);
  recover(network);
  assert.equal(values(network), [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.ok(network.pne.idle);
});

test('a hop whose handshake has no answer is closed, and the next one works', () => {
  const network = createTestNetwork();
  network.tap = () => [];
  report(network);
  network.linkUp();
  for (let round = 0; round <= ImplementationLimits.handshakeMaxTransmissions; round += 1) {
    network.settle();
    network.fireTimers();
  }
  network.settle();
  assert.not.ok(network.isUp);
  passAll(network);
  recover(network);
  assertOnce(network, 'after silence');
});

test('a handshake of CPNS-3 without an answer begins anew on the same hop', () => {
  const network = createTestNetwork();
  interceptHandshake(network, 'CPNS-3', () => []);
  report(network);
  network.linkUp();
  for (let round = 0; round <= ImplementationLimits.handshakeMaxTransmissions; round += 1) {
    network.settle();
    network.fireTimers();
  }
  passAll(network);
  recover(network);
  assertOnce(network, 'after silence');
  assert.equal(agreedOn(network, 'CPNS-1'), ['gateway', 'pne']);
});

test('messages of a former link are not taken for those of the present one', () => {
  const network = connected();
  const former: Uint8Array[] = [];
  network.tap = (message, towards) => {
    if (towards === 'gateway') former.push(message);
    return [message];
  };
  network.pne.report('first');
  network.settle();
  passAll(network);
  network.linkDown();
  network.linkUp();
  network.settle();
  for (const message of former) network.inject(message, 'gateway');
  network.settle();
  assert.equal(values(network), ['first']);
  assert.is(refusedAt(network, 'gateway').length, former.length);
});

test('a PNE that was restarted takes over its session, and its old records are refused', () => {
  const network = connected();
  const old: Uint8Array[] = [];
  network.relay = (message, towards) => {
    if (towards === 'server') old.push(message);
    return [message];
  };
  network.pne.report('before');
  network.settle();
  passAll(network);
  network.restart('pne');
  assert.is(network.pne.report('after'), ImplementationLimits.sequenceBlockSize);
  recover(network);
  assert.equal(values(network), ['before', 'after']);
  for (const message of old) network.injectRelay(message, 'server');
  network.settle();
  assert.equal(values(network), ['before', 'after']);
  assert.equal(refusedAt(network, 'server'), ['kidUnknown']);
});

for (const role of ['gateway', 'server'] as const) {
  test(`a ${role} that was restarted, with a reading on its way and a content waiting`, () => {
    const network = connected();
    network.pne.report('before');
    network.settle();
    network.pne.report('reading');
    network.restart(role);
    network.server.deliver('pne-1', 'content');
    recover(network);
    assert.equal(values(network), ['before', 'reading']);
    assert.equal(network.contents, ['content']);
    assert.is(agreedOn(network, 'CPNS-3').length, role === 'server' ? 4 : 2);
  });
}

test('a server that stays silent is given new keys', () => {
  const network = connected();
  network.relay = (message, towards) => (towards === 'gateway' ? [] : [message]);
  network.pne.report('reading');
  for (let round = 0; round <= ImplementationLimits.maxSilentResends; round += 1) {
    network.settle();
    assert.equal(agreedOn(network, 'CPNS-3'), ['server', 'pne']);
    network.fireTimers();
  }
  passAll(network);
  recover(network);
  assert.equal(values(network), ['reading']);
  assert.equal(agreedOn(network, 'CPNS-3'), ['server', 'pne', 'server', 'pne']);
  assert.ok(network.pne.idle);
});

test('contents wait for a PNE that went away, without end and in order', () => {
  const network = connected();
  network.linkDown();
  for (const value of ['first', 'second']) network.server.deliver('pne-1', value);
  for (let round = 0; round < 8; round += 1) {
    network.settle();
    network.fireTimers();
  }
  recover(network);
  assert.equal(network.contents, ['first', 'second']);
});

interface Limits {
  /** Messages that one key seals. */
  readonly sealed?: number;
  /** Messages that one key fails to open. */
  readonly failed?: number;
}

/** A provider whose AEAD keys reach their limits early. Those of src/session take a million messages. */
function limitedProvider(limits: Limits): CryptoProvider {
  const { sealed = Number.POSITIVE_INFINITY, failed = Number.POSITIVE_INFINITY } = limits;
  return {
    ...PROVIDER,
    aeadKey(algorithm, secret) {
      const key = PROVIDER.aeadKey(algorithm, secret);
      let sealsLeft = sealed;
      let failuresLeft = failed;
      return {
        ...key,
        seal(nonce, aad, plaintext) {
          if (sealsLeft === 0) refuse('keyLimitReached');
          sealsLeft -= 1;
          return key.seal(nonce, aad, plaintext);
        },
        open(nonce, aad, ciphertext) {
          if (failuresLeft === 0) refuse('keyLimitReached');
          const plaintext = key.open(nonce, aad, ciphertext);
          if (plaintext === undefined) failuresLeft -= 1;
          return plaintext;
        },
      };
    },
  };
}

function limited(at: RoleName, name: SecuredInterface, limits: Limits): TestNetwork {
  const provider = limitedProvider(limits);
  return connected({
    change: (own, role) => (role === at && own.name === name ? { ...own, provider } : own),
  });
}

for (const [at, name] of [
  ['pne', 'CPNS-1'],
  ['gateway', 'CPNS-1'],
  ['pne', 'CPNS-3'],
  ['server', 'CPNS-3'],
] as const) {
  test(`${name}: keys that the ${at} has used up are renewed, and no reading is lost or doubled`, () => {
    const network = limited(at, name, { sealed: 10 });
    const reported: number[] = [];
    for (let round = 0; round < 24; round += 1) {
      reported.push(network.pne.report(round));
      recover(network, at === 'server' ? 5 : 1);
    }
    recover(network, 12);
    assert.equal(
      network.received.map(({ id }) => id).sort((a, b) => a - b),
      reported,
    );
    assert.ok(network.pne.idle);
    assert.ok(refusedAt(network, at).includes('keyLimitReached'));
    assert.ok(agreedOn(network, name).length >= 6, `${agreedOn(network, name)}`);
  });
}

test('forged records that use up the keys of a hop do not disturb the handshake that renews them', () => {
  const network = limited('pne', 'CPNS-1', { failed: 4 });
  let sequence = 1000;
  const forge = (): void => {
    for (let round = 0; round < 6; round += 1) {
      sequence += 1;
      network.inject(hopRecord(0, sequence), 'pne');
    }
  };
  const held = holdHandshake(network, 'CPNS-1');
  forge();
  for (let step = 1; step <= 4; step += 1) {
    const message = takeOne(held);
    forge();
    deliver(network, 'CPNS-1', message);
  }
  assert.equal(held, []);
  assert.equal(agreedOn(network, 'CPNS-1'), ['gateway', 'pne', 'gateway', 'pne']);
  passAll(network);
  network.pne.report('reading');
  recover(network);
  assert.equal(values(network), ['reading']);
});

test('forged records that use up the keys of a hop at the gateway end the link', () => {
  const network = limited('gateway', 'CPNS-1', { failed: 4 });
  for (let sequence = 1000; sequence < 1006; sequence += 1) network.inject(hopRecord(1, sequence), 'gateway');
  network.settle();
  assert.not.ok(network.isUp);
  network.pne.report('reading');
  recover(network);
  assert.equal(values(network), ['reading']);
});

/** What anyone can make who has seen a kid. */
function hopRecord(kid: number, sequence: number): Uint8Array {
  const partialIv = Uint8Array.of(sequence >> 8, sequence & 0xff);
  const record = encodeCompressed(partialIv, Uint8Array.of(kid), undefined, new Uint8Array(24));
  return encodeChannelMessage(Channel.hopRecord, record);
}

test.run();
