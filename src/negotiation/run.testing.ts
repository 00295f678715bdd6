// SPDX-License-Identifier: Apache-2.0

/** Test code: whole exchanges between two roles, with an attacker where a test wants one. */
import { acceptAnswer, answerOffer, createOffer, verifyEcho } from './exchange.ts';
import { POLICIES } from './policies.ts';
import type { Side } from './policy.ts';
import type { Choice } from './select.ts';
import { bleEvidence, sideOf } from './side.testing.ts';

export const methods = [0, 3];
export const PNE = sideOf(POLICIES.pne['CPNS-3']!, { methods });
export const SERVER = sideOf(POLICIES.server['CPNS-3']!, { methods });
export const PNE_BLE = sideOf(POLICIES.pne['CPNS-1']!, { methods, evidence: bleEvidence() });
export const GATEWAY_BLE = sideOf(POLICIES.gateway['CPNS-1']!, { methods, evidence: bleEvidence() });

/** What the attacker makes of each item: undefined strips it. */
export interface Tap {
  readonly offer?: (bytes: Uint8Array) => Uint8Array | undefined;
  readonly answer?: (bytes: Uint8Array) => Uint8Array | undefined;
  readonly echo?: (bytes: Uint8Array) => Uint8Array | undefined;
}

/** Runs the whole exchange through an attacker. Returns both ends' choices. */
export function run(
  initiator: Side,
  responder: Side,
  tap: Tap = {},
): { initiator: Choice; responder: Choice } {
  const pass = (bytes: Uint8Array) => bytes;
  const offer = createOffer(initiator);
  const method = offer.methods[0]!;
  const answer = answerOffer((tap.offer ?? pass)(offer.bytes), responder, method);
  const accepted = acceptAnswer((tap.answer ?? pass)(answer.bytes), offer, initiator, method);
  return { initiator: accepted.choice, responder: verifyEcho((tap.echo ?? pass)(accepted.echo), answer) };
}
