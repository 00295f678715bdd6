// SPDX-License-Identifier: Apache-2.0

/**
 * Cryptography with a witness of what is done with keys: that no nonce is used twice under one key, and how many keys
 * a process has. Limits of keys can be set low, so that they are reached.
 */
import { toHex } from '../../src/bytes/hex.ts';
import { algorithmParameters } from '../../src/crypto/algorithms.ts';
import type { AeadKey, CryptoProvider } from '../../src/crypto/provider.ts';
import { Reason } from '../../src/refusal.ts';
import { recordKid } from '../../src/session/forms.ts';
import { withRecords } from '../../src/session/records.ts';
import type { Random } from './random.ts';
import type { Life } from './timeline.ts';
import { Violation } from './violation.ts';

export interface KeyLimits {
  readonly maxSealed: number;
  readonly maxFailed: number;
}

/** Makes providers of an engine whose chance, that of their keys included, is the one that is given. */
export type SeededProviders = (fillRandom: (target: Uint8Array) => void) => CryptoProvider;

/** All keys of a run, whoever holds them. */
export class KeyWitness {
  private readonly create: SeededProviders;
  /** By key, and by nonce what was sealed. */
  private readonly sealed = new Map<string, Map<string, string>>();

  constructor(create: SeededProviders) {
    this.create = create;
  }

  provider(life: Life, random: Random, limits: KeyLimits | undefined): CryptoProvider {
    const seeded = this.create((target) => random.fill(target));
    const provider = withRecords({
      ...seeded,
      aeadKey: (algorithm, secret) => this.watch(life, seeded.aeadKey(algorithm, secret), algorithm),
    });
    const counting = countingFailures(provider, life);
    return limits === undefined ? counting : withLimits(counting, limits);
  }

  private watch(life: Life, key: AeadKey, algorithm: number): AeadKey {
    const seen = this.sealedUnder(key, algorithm);
    const { generation } = life;
    let isAlive = true;
    life.keys += 1;
    return {
      ...key,
      seal: (nonce, aad, plaintext) => {
        const output = key.seal(nonce, aad, plaintext);
        this.check(seen, toHex(nonce), toHex(output));
        return output;
      },
      wipe: () => {
        if (isAlive && life.generation === generation) life.keys -= 1;
        isAlive = false;
        key.wipe();
      },
    };
  }

  /** Keys are told apart by what they make of one byte, under a nonce that no protocol here has. */
  private sealedUnder(key: AeadKey, algorithm: number): Map<string, string> {
    const parameters = algorithmParameters(algorithm);
    const nonceLength = parameters?.kind === 'aead' ? parameters.nonceLength : 0;
    const byte = new Uint8Array(1);
    const name = `${algorithm} ${toHex(key.seal(new Uint8Array(nonceLength).fill(0xff), byte, byte))}`;
    const known = this.sealed.get(name) ?? new Map<string, string>();
    this.sealed.set(name, known);
    return known;
  }

  private check(seen: Map<string, string>, nonce: string, output: string): void {
    const former = seen.get(nonce);
    if (former !== undefined && former !== output) throw new Violation('a nonce is used twice under one key');
    seen.set(nonce, output);
  }
}

/**
 * What comes under an identifier that the process gave before its restart as well may have been made with the keys of
 * then, though identifiers of several bytes are at random: one in 65,536 meets those of now.
 */
function countingFailures(provider: CryptoProvider, life: Life): CryptoProvider {
  const records = provider.records!;
  /** By kid, the starts of the process in which it was given. */
  const given = new Map<string, Set<number>>();
  const isOfBefore = (record: Uint8Array) => (given.get(toHex(recordKid(record)))?.size ?? 0) > 1;
  return {
    ...provider,
    records: {
      ...records,
      createRecipient(direction, state, maxFailed) {
        const { kid } = direction;
        const generations = given.get(toHex(kid)) ?? new Set();
        if (kid.length > 1) given.set(toHex(kid), generations.add(life.generation));
        return records.createRecipient(direction, state, maxFailed);
      },
      unprotect(recipient, record) {
        const plaintext = records.unprotect(recipient, record);
        if (plaintext === Reason.decryptionFailure && !isOfBefore(record)) life.failedOpenings += 1;
        return plaintext;
      },
    },
  };
}

function withLimits(provider: CryptoProvider, { maxSealed, maxFailed }: KeyLimits): CryptoProvider {
  const records = provider.records!;
  return {
    ...provider,
    records: {
      ...records,
      createSender: (direction, first) => records.createSender(direction, first, maxSealed),
      createRecipient: (direction, state) => records.createRecipient(direction, state, maxFailed),
    },
  };
}
