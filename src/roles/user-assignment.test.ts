// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type UserClaim, userCodeKey, userProof } from '../keys/user-code.ts';
import { NodeLimits } from '../node-limits.ts';
import { Reason, type ReasonName, Refusal } from '../refusal.ts';
import type { UserKeyRecord } from './group-record.ts';
import { PROVIDER } from './identities.testing.ts';
import { Status } from './status.ts';
import {
  claimUser,
  reasonOf,
  registerUser,
  statusOf,
  type UserCode,
  type UserFacts,
} from './user-assignment.ts';

const test = suite('user assignment');
const CLAIM: UserClaim = Object.freeze({ gateway: 'hall', pneId: 'pne-1', user: 'anna' });
const OPEN: UserCode = Object.freeze({
  until: 100,
  tries: 0,
  key: Uint8Array.of(1),
  gateway: '',
  pneId: '',
});
const REGISTERED: UserCode = Object.freeze({ ...OPEN, gateway: 'hall', pneId: 'pne-1' });
const USED: UserCode = Object.freeze({ ...REGISTERED, key: new Uint8Array(0) });
const KEY: UserKeyRecord = Object.freeze({ epoch: 3, salt: new Uint8Array(16), isRevoked: false });

function facts(code?: UserCode, devices: readonly string[] | undefined = ['pne-1', 'pne-3']): UserFacts {
  return { devices, code };
}

const registered = (of: UserFacts, claim: UserClaim = CLAIM, now = 0, isProved = true) =>
  registerUser(of, claim, now, () => isProved);

function refusalOf(work: () => unknown): ReasonName | 'none' {
  try {
    work();
    return 'none';
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.reasonName;
  }
}

test('a proof registers the user for one PNE at one gateway, and the same again is answered again', () => {
  const { status, code } = registered(facts(OPEN));
  assert.equal([status, code], [Status.userRegistered, REGISTERED]);
  assert.equal(registered(facts(code), CLAIM, 0, false), {
    status: Status.userRegistered,
    reason: undefined,
    code: undefined,
  });
  assert.is(registered(facts(USED), CLAIM, 1000, false).status, Status.ok);
});

test('what does not agree with what is stored registers nobody, and changes nothing', () => {
  const cases: [ReasonName, UserFacts, Partial<UserClaim>?, number?][] = [
    ['userUnknown', { devices: undefined, code: OPEN }],
    ['userForeign', facts(OPEN), { pneId: 'pne-2' }],
    ['userCodeInvalid', facts(undefined)],
    ['userCodeExpired', facts(OPEN), {}, 100],
    ['userCodeExpired', facts(REGISTERED), {}, 100],
    ['userCodeSpent', facts(REGISTERED), { gateway: 'attic' }],
    ['userCodeSpent', facts(REGISTERED), { pneId: 'pne-3' }],
    ['userCodeSpent', facts(USED), { gateway: 'attic' }],
    ['userTries', facts({ ...OPEN, tries: NodeLimits.userCodeMaxTries })],
  ];
  for (const [reason, of, claim, now] of cases) {
    const outcome = registered(of, { ...CLAIM, ...claim }, now);
    assert.equal(outcome, { status: statusOf(reason), reason, code: undefined }, reason);
  }
});

test('wrong proofs count, and behind the last a good one is too late', () => {
  let code = OPEN;
  for (let tries = 1; tries <= NodeLimits.userCodeMaxTries; tries++) {
    const outcome = registered(facts(code), CLAIM, 0, false);
    assert.equal([outcome.reason, outcome.code?.tries], ['userCodeInvalid', tries]);
    code = outcome.code!;
  }
  assert.is(registered(facts(code)).reason, 'userTries');
});

test('a PNE gets the key of whom its own gateway has registered for it, once', () => {
  const code = claimUser(facts(REGISTERED), CLAIM, 0, KEY);
  assert.equal(code, USED);
  assert.is(claimUser(facts(code), CLAIM, 1000, { ...KEY, user: 'anna' }), undefined);
});

test('a PNE that names whom nobody has registered for it gets nothing', () => {
  const cases: [ReasonName, UserFacts, Partial<UserClaim>?, UserKeyRecord?, number?][] = [
    ['userUnknown', { devices: undefined, code: REGISTERED }],
    ['userForeign', facts(REGISTERED), { pneId: 'pne-2' }],
    ['userForeign', facts(REGISTERED), { gateway: 'attic' }],
    ['userUnregistered', facts(REGISTERED), { pneId: 'pne-3' }],
    ['userUnregistered', facts(OPEN)],
    ['userUnregistered', facts(undefined)],
    ['userUnregistered', facts(USED), {}, { ...KEY, user: 'bob' }],
    ['userCodeExpired', facts(REGISTERED), {}, KEY, 100],
    ['notAuthorized', facts(REGISTERED), {}, { ...KEY, isRevoked: true }],
  ];
  for (const [reason, of, claim, key = KEY, now = 0] of cases)
    assert.is(
      refusalOf(() => claimUser(of, { ...CLAIM, ...claim }, now, key)),
      reason,
    );
});

test('a status says its reason, and the other way round', () => {
  const names = (Object.keys(Reason) as ReasonName[]).filter((name) => name.startsWith('user'));
  assert.is(names.length, 8);
  for (const name of names.filter((each) => each !== 'userTaken')) assert.is(reasonOf(statusOf(name)), name);
  assert.is(reasonOf(Status.busy), 'notAuthorized');
});

test('a proof is of one code, user, PNE and gateway', () => {
  const secret = (seed: number) => PROVIDER.secret(new Uint8Array(16).fill(seed));
  const proof = (seed: number, user: string, claim = CLAIM) =>
    userProof(PROVIDER, userCodeKey(PROVIDER, user, secret(seed)), claim).join();
  const own = proof(1, 'anna');
  assert.is(proof(1, 'anna'), own);
  const others = [
    proof(2, 'anna'),
    proof(1, 'bob'),
    proof(1, 'anna', { ...CLAIM, gateway: 'attic' }),
    proof(1, 'anna', { ...CLAIM, pneId: 'pne-2' }),
    proof(1, 'anna', { ...CLAIM, user: 'bob' }),
    proof(1, 'anna', { ...CLAIM, gateway: 'hallp', pneId: 'ne-1' }),
  ];
  assert.is(new Set([own, ...others]).size, 7);
});

test.run();
