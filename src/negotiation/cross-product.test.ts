// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LinkEvidence } from '../link/attestation.ts';
import type { ReasonName } from '../refusal.ts';
import { answerOffer, createOffer } from './exchange.ts';
import { Authentication, Confidentiality, Integrity, mechanism } from './mechanisms.ts';
import { POLICIES } from './policies.ts';
import type { Policy, ProtectionTerms, Side, Terms } from './policy.ts';
import { type Choice, type ChosenProtection, type Offer, select } from './select.ts';
import { bleEvidence, policyOf, refusalOf, sideOf, termsOf, tlsEvidence } from './side.testing.ts';

const test = suite('negotiation/cross product');

const { method0, method3, psk } = Authentication;
const { tag64, tag128, hmac64, hmac256 } = Integrity;
const { aesCcm64, aesCcm128, chaCha20, none } = Confidentiality;

const AUTHENTICATIONS = [termsOf(64, psk, method3, method0), termsOf(128, Authentication.delegated, method0)];
const INTEGRITIES = [
  termsOf(0, Integrity.delegated, hmac64, tag64, tag128, hmac256),
  termsOf(64, tag128, tag64, hmac256, hmac64, Integrity.delegated),
  termsOf(128, tag64, hmac64, tag128, hmac256, Integrity.delegated),
  termsOf(128, hmac256, Integrity.delegated),
];
const CONFIDENTIALITIES = [
  termsOf(0, Confidentiality.delegated, none, chaCha20, aesCcm64, aesCcm128),
  termsOf(0, none),
  termsOf(128, aesCcm64, aesCcm128, chaCha20, none, Confidentiality.delegated),
  termsOf(256, chaCha20, aesCcm64, Confidentiality.delegated),
];

function generatedPolicies(): readonly Policy[] {
  const protections = INTEGRITIES.flatMap((integrity) =>
    CONFIDENTIALITIES.map((confidentiality): ProtectionTerms => ({ integrity, confidentiality })),
  );
  return AUTHENTICATIONS.flatMap((authentication) =>
    protections.map((protection, at) =>
      at % 5 === 0
        ? { ...policyOf(authentication, protection), toInitiator: protections[(at + 1) % 16]! }
        : policyOf(authentication, protection),
    ),
  );
}

const LINKS: readonly (LinkEvidence | undefined)[] = [undefined, bleEvidence(), tlsEvidence()];
const SHIPPED = Object.values(POLICIES).flatMap((table) => Object.values(table));

/** A side and what it offers, made once: undefined where it refuses to. */
interface End {
  readonly side: Side;
  readonly offer: Offer | undefined;
  readonly reason: ReasonName | undefined;
}

function ends(policies: readonly Policy[]): readonly End[] {
  return policies.flatMap((policy) => LINKS.map((evidence) => endOf(sideOf(policy, { evidence }))));
}

function endOf(side: Side): End {
  let offer: Offer | undefined;
  const reason = refusalOf(() => {
    offer = createOffer(side).offer;
  });
  return { side, offer, reason };
}

interface Outcome {
  readonly choice: Choice | undefined;
  readonly reason: ReasonName | undefined;
}

function negotiate({ offer, reason: unwilling }: End, responder: End): Outcome {
  if (offer === undefined) return { choice: undefined, reason: unwilling };
  let choice: Choice | undefined;
  const reason = refusalOf(() => {
    choice = select(offer, responder.side);
  });
  return { choice, reason };
}

/** Written again from the rules, not from the code: what this side may end up with on one axis. */
function mayUse(number: number, { accepted, floor }: Terms, side: Side): boolean {
  if (!accepted.includes(number)) return false;
  const { bits, delegatedAs } = mechanism(number)!;
  const strength = delegatedAs === undefined ? bits : side.evidence?.[delegatedAs];
  return strength !== undefined && strength >= floor;
}

function bothMayUse(number: number, a: Terms, sideA: Side, b: Terms, sideB: Side): boolean {
  return mayUse(number, a, sideA) && mayUse(number, b, sideB);
}

type Direction = 'toResponder' | 'toInitiator';

const AEAD_TAG: Readonly<Record<number, number>> = {
  [aesCcm64]: tag64,
  [aesCcm128]: tag128,
  [chaCha20]: tag128,
  [Confidentiality.a128Gcm]: tag128,
};

/** Every pair that both sides may use, in the order of the Responder. */
function commonPairs(initiator: Side, responder: Side, direction: Direction): string[] {
  const a = initiator.policy[direction];
  const b = responder.policy[direction];
  const pairs: string[] = [];
  for (const cipher of b.confidentiality.accepted) {
    if (!bothMayUse(cipher, a.confidentiality, initiator, b.confidentiality, responder)) continue;
    for (const tag of b.integrity.accepted) {
      if (!bothMayUse(tag, a.integrity, initiator, b.integrity, responder)) continue;
      const aeadTag = AEAD_TAG[cipher];
      const isTag = tag === tag64 || tag === tag128;
      if (aeadTag === undefined ? !isTag : tag === aeadTag) pairs.push(`${tag},${cipher}`);
    }
  }
  return pairs;
}

function commonAuthentications(initiator: Side, responder: Side): number[] {
  const a = initiator.policy.authentication;
  const b = responder.policy.authentication;
  return b.accepted.filter((number) => bothMayUse(number, a, initiator, b, responder));
}

function pairOf({ integrity, confidentiality }: ChosenProtection): string {
  return `${integrity},${confidentiality}`;
}

/** The Responder's most wanted common choice as one string, or undefined where nothing is common. */
function expected(initiator: Side, responder: Side): string | undefined {
  const authentication = commonAuthentications(initiator, responder)[0];
  const toResponder = commonPairs(initiator, responder, 'toResponder')[0];
  const toInitiator = commonPairs(initiator, responder, 'toInitiator')[0];
  if (authentication === undefined || toResponder === undefined || toInitiator === undefined) {
    return undefined;
  }
  return `${authentication} ${toResponder} ${toInitiator}`;
}

function sameChannel(initiator: Side, responder: Side): boolean {
  return initiator.evidence?.kind === responder.evidence?.kind || !initiator.evidence || !responder.evidence;
}

/** What a failed negotiation may say. */
const CLEAR: readonly ReasonName[] = ['mechanismNotSupported', 'belowFloor', 'attestationInsufficient'];

/** Checks one pair against the rules and returns whether it agreed. */
function check(initiator: End, responder: End): boolean {
  const { choice, reason } = negotiate(initiator, responder);
  assert.is(shown(choice), expected(initiator.side, responder.side), `refused with ${reason}`);
  const again = negotiate(initiator, responder);
  assert.is(shown(again.choice), shown(choice));
  if (choice === undefined) {
    assert.ok(reason !== undefined && CLEAR.includes(reason));
    assert.is(again.reason, reason);
    assert.is(negotiate(responder, initiator).choice, undefined);
  }
  return choice !== undefined;
}

function shown(choice: Choice | undefined): string | undefined {
  if (choice === undefined) return undefined;
  return `${choice.authentication} ${pairOf(choice.toResponder)} ${pairOf(choice.toInitiator)}`;
}

function checkAll(policies: readonly Policy[]): { pairs: number; agreed: number } {
  const all = ends(policies);
  let pairs = 0;
  let agreed = 0;
  for (const initiator of all) {
    for (const responder of all) {
      if (!sameChannel(initiator.side, responder.side)) continue;
      pairs += 1;
      if (check(initiator, responder)) agreed += 1;
    }
  }
  return { pairs, agreed };
}

test('every generated pair gets the best common choice above both floors, or a refusal both ways', () => {
  assert.equal(checkAll(generatedPolicies()), { pairs: 7168, agreed: 3484 });
});

test('every pair of shipped policies does too', () => {
  assert.equal(checkAll(SHIPPED), { pairs: 567, agreed: 567 });
});

test('roles that share an interface agree on it over a plain link where delegation is not all they have', () => {
  for (const name of ['CPNS-1', 'CPNS-2', 'CPNS-3', 'CPNS-4', 'CPNS-5'] as const) {
    const joined = Object.values(POLICIES).flatMap((table) => table[name] ?? []);
    assert.ok(joined.length > 0);
    const responder = sideOf(joined[joined.length - 1]!);
    const offer = createOffer(sideOf(joined[0]!));
    assert.ok(answerOffer(offer.bytes, responder, offer.methods[0]!).proposed);
  }
});

test('a role has no policy for an interface that it does not join, nor for a name every object has', () => {
  assert.is(POLICIES.pne['CPNS-2'], undefined);
  assert.is(POLICIES.gateway['CPNS-3'], undefined);
  assert.is((POLICIES.server as Record<string, unknown>).constructor, undefined);
});

test.run();
