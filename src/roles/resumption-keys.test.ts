// SPDX-License-Identifier: Apache-2.0
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { kidReference } from '../handshake/id-cred.ts';
import { ImplementationLimits } from '../limits.ts';
import type { ResumptionKey } from './resumption.ts';
import { ResumptionTable } from './resumption-keys.ts';

const test = suite('resumption keys');

interface TestKey extends ResumptionKey {
  readonly wiped: () => boolean;
}

function keyOf(peer: number, kid: number): TestKey {
  let wiped = false;
  const party = (number: number) => ({ cred: Uint8Array.of(0xa1, number) });
  return {
    suite: 2,
    peer: {
      ...party(peer),
      idCred: kidReference(Uint8Array.of(peer)),
      curve: 1,
      publicKey: new Uint8Array(64),
    },
    psk: {
      idCred: kidReference(Uint8Array.of(1, kid)),
      secret: {
        wipe(): void {
          wiped = true;
        },
      },
      initiator: party(peer),
      responder: party(0),
    },
    wiped: () => wiped,
  };
}

function found(table: ResumptionTable, keys: readonly TestKey[]): boolean[] {
  return keys.map((key) => table.candidates(key.psk.idCred).includes(key));
}

test('a new key stands beside the one that was used, until it is confirmed', () => {
  const table = new ResumptionTable({ maxPeers: 2 });
  const keys = [keyOf(1, 1), keyOf(1, 2), keyOf(1, 3)] as const;
  table.keep(keys[0], undefined);
  table.keep(keys[1], keys[0]);
  assert.equal(found(table, keys), [true, true, false]);
  table.confirm(keys[1]);
  assert.equal(found(table, keys), [false, true, false]);
  assert.ok(keys[0].wiped());
  table.keep(keys[2], keys[1]);
  assert.equal(found(table, keys), [false, true, true]);
});

test('an Initiator that did not get a key uses the former again, and the key that it lacks ends', () => {
  const table = new ResumptionTable({ maxPeers: 2 });
  const keys = [keyOf(1, 1), keyOf(1, 2), keyOf(1, 3)] as const;
  table.keep(keys[0], undefined);
  table.keep(keys[1], keys[0]);
  table.keep(keys[2], keys[0]);
  assert.equal(found(table, keys), [true, false, true]);
  assert.ok(keys[1].wiped());
});

test('a confirmation that comes late ends nothing that is newer', () => {
  const table = new ResumptionTable({ maxPeers: 2 });
  const keys = [keyOf(1, 1), keyOf(1, 2), keyOf(1, 3)] as const;
  for (const key of keys) table.keep(key, undefined);
  table.confirm(keys[0]);
  table.confirm(keys[1]);
  assert.equal(found(table, keys), [false, true, true]);
});

test('who has resumed longest ago makes room', () => {
  const table = new ResumptionTable({ maxPeers: 2 });
  const keys = [keyOf(1, 1), keyOf(2, 2), keyOf(3, 3)] as const;
  table.keep(keys[0], undefined);
  table.keep(keys[1], undefined);
  const again = keyOf(1, 4);
  table.keep(again, keys[0]);
  table.keep(keys[2], undefined);
  assert.equal(found(table, [...keys, again]), [true, false, true, true]);
  assert.ok(keys[1].wiped());
});

test('of too many keys with one reference the oldest cannot be found, and the others can', () => {
  const { maxCandidates } = ImplementationLimits;
  const table = new ResumptionTable({ maxPeers: 2 * maxCandidates });
  const keys = Array.from({ length: maxCandidates + 1 }, (_, at) => keyOf(at, 7));
  for (const key of keys) table.keep(key, undefined);
  assert.equal(
    found(table, keys),
    keys.map((_, at) => at > 0),
  );
  assert.is(table.candidates(keys[0]!.psk.idCred).length, maxCandidates);
});

test('an owner hears of the keys that a peer has now', () => {
  const seen: (readonly ResumptionKey[])[] = [];
  const table = new ResumptionTable({ maxPeers: 2, onChanged: (keys) => void seen.push(keys) });
  const keys = [keyOf(1, 1), keyOf(1, 2)] as const;
  table.keep(keys[0], undefined);
  table.keep(keys[1], keys[0]);
  table.confirm(keys[1]);
  assert.equal(
    seen.map(({ length }) => length),
    [1, 2, 1],
  );
});

test('keys that were stored are found again', () => {
  const table = new ResumptionTable({ maxPeers: 2 });
  const keys = [keyOf(1, 2), keyOf(1, 1)] as const;
  assert.ok(table.isEmpty);
  table.restore(keys);
  assert.not.ok(table.isEmpty);
  assert.equal(found(table, keys), [true, true]);
  table.confirm(keys[0]);
  assert.equal(found(table, keys), [true, false]);
});

test('of more peers than there is room for, whose keys were stored, the last are found', () => {
  const table = new ResumptionTable({ maxPeers: 2 });
  const keys = [keyOf(1, 1), keyOf(2, 2), keyOf(3, 3)] as const;
  for (const key of keys) table.restore([key]);
  assert.equal(found(table, keys), [false, true, true]);
  assert.equal(
    keys.map(({ wiped }) => wiped()),
    [true, false, false],
  );
});

test.run();
