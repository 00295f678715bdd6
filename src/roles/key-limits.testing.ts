// SPDX-License-Identifier: Apache-2.0

/** Test code: keys that are used up, by traffic or by forgeries. No reading is lost or doubled. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CryptoProvider } from '../crypto/provider.ts';
import type { RecordProvider } from '../crypto/records.ts';
import { SpecificationLimits } from '../limits.ts';
import { Channel, encodeChannelMessage } from '../link/channel.ts';
import { refuse } from '../refusal.ts';
import { encodeCompressed } from '../session/compressed.ts';
import { agreedOn, deliver, holdHandshake, refusedAt, takeOne } from './attacker.testing.ts';
import type { TestIdentities } from './identities.testing.ts';
import { connectedWith, passAll, recover, values } from './scenario.testing.ts';

/** `identities` are of `provider`. */
export function runKeyLimitTests(provider: CryptoProvider, identities: TestIdentities): void {
  const test = suite(`key limits over ${provider.name}`);
  const options = { provider, identities };

  for (const [at, name] of [
    ['pne', 'CPNS-1'],
    ['gateway', 'CPNS-1'],
    ['pne', 'CPNS-3'],
    ['server', 'CPNS-3'],
  ] as const) {
    test(`${name}: keys that the ${at} has used up are renewed, and no reading is lost or doubled`, () => {
      const network = connectedWith(
        name,
        { [at]: { provider: limitedProvider(provider, { sealed: 10 }) } },
        options,
      );
      for (let round = 0; round < 24; round += 1) {
        network.pne.report(round);
        recover(network, at === 'server' ? 5 : 1);
      }
      recover(network, 12);
      const taken = network.received.map(({ value }) => value as number).sort((a, b) => a - b);
      assert.equal(
        taken,
        Array.from({ length: 24 }, (_, round) => round),
      );
      assert.ok(network.pne.idle);
      assert.ok(refusedAt(network, at).includes('keyLimitReached'));
      assert.ok(agreedOn(network, name).length >= 6, `${agreedOn(network, name)}`);
    });
  }

  test('forged records that use up the keys of a hop do not disturb the handshake that renews them', () => {
    const network = connectedWith(
      'CPNS-1',
      { pne: { provider: limitedProvider(provider, { failed: 4 }) } },
      options,
    );
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
    const network = connectedWith(
      'CPNS-1',
      { gateway: { provider: limitedProvider(provider, { failed: 4 }) } },
      options,
    );
    for (let sequence = 1000; sequence < 1006; sequence += 1)
      network.inject(hopRecord(1, sequence), 'gateway');
    network.settle();
    assert.not.ok(network.isUp);
    network.pne.report('reading');
    recover(network);
    assert.equal(values(network), ['reading']);
  });

  test.run();
}

interface Limits {
  /** Messages that one key seals. */
  readonly sealed?: number;
  /** Messages that one key fails to open. */
  readonly failed?: number;
}

/** A provider whose keys for records reach their limits early. Those of src/session take a million messages. */
function limitedProvider(provider: CryptoProvider, limits: Limits): CryptoProvider {
  const { sealed = Number.POSITIVE_INFINITY, failed = Number.POSITIVE_INFINITY } = limits;
  return {
    ...provider,
    ...(provider.records !== undefined && { records: limitedRecords(provider.records, limits) }),
    aeadKey(algorithm, secret) {
      const key = provider.aeadKey(algorithm, secret);
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

function limitedRecords(records: RecordProvider, limits: Limits): RecordProvider {
  const { sealed = SpecificationLimits.maxSequenceNumber, failed = Number.MAX_SAFE_INTEGER } = limits;
  return {
    ...records,
    createSender: (direction, first) => records.createSender(direction, first, sealed),
    createRecipient: (direction, state) => records.createRecipient(direction, state, failed),
  };
}

/** What anyone can make who has seen a kid. */
function hopRecord(kid: number, sequence: number): Uint8Array {
  const record = encodeCompressed(sequence, Uint8Array.of(kid), undefined, new Uint8Array(24));
  return encodeChannelMessage(Channel.hopRecord, record);
}
