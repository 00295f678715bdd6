// SPDX-License-Identifier: Apache-2.0

/**
 * The negotiation as it rides on an EDHOC handshake: four pure steps, bytes in, bytes out.
 *
 *     Initiator                                Responder
 *     createOffer   -- EAD_1: offer ------->   answerOffer
 *     acceptAnswer  <- EAD_2: answer -------
 *                   -- EAD_3: echo -------->   verifyEcho
 *
 * The Initiator uses its choice once message_4 or a first protected reply came, the Responder once the
 * echo verified: until then either may stand alone with it.
 */
import { equalBytes } from '../bytes/compare.ts';
import { refuse } from '../refusal.ts';
import { type Admissible, admissible, delegates, type Protection } from './admissible.ts';
import { decodeAnswer, decodeOffer, encodeAnswer, encodeOffer } from './ead.ts';
import { isDelegated, mechanism } from './mechanisms.ts';
import type { Side } from './policy.ts';
import { type Choice, isOffered, type Offer, type OfferedProtection, select } from './select.ts';

/** What the Initiator keeps until the answer. */
export interface SentOffer {
  /** Value of the item in EAD_1. */
  readonly bytes: Uint8Array;
  readonly offer: Offer;
  /**
   * EDHOC methods to try, in this order: the first message_1 runs the first. After a refusal with
   * `methodNotPreferred` the next handshake runs the next, with the same offer.
   */
  readonly methods: readonly number[];
}

/** What the Initiator has after the answer. */
export interface AcceptedAnswer {
  readonly choice: Choice;
  /** Value of the item in EAD_3. */
  readonly echo: Uint8Array;
}

/** What the Responder keeps until the echo. */
export interface SentAnswer {
  /** Value of the item in EAD_2. */
  readonly bytes: Uint8Array;
  /** Not agreed yet. */
  readonly proposed: Choice;
}

/** Refuses what `admissible` refuses: this side has nothing to offer that its policy deems strong enough. */
export function createOffer(side: Side): SentOffer {
  const own = admissible(side);
  const offer: Offer = {
    authentication: own.authentication,
    toResponder: offered(own.toResponder),
    toInitiator: offered(own.toInitiator),
    binding: delegates(own) ? side.evidence?.binding : undefined,
  };
  return Object.freeze({ bytes: encodeOffer(offer), offer, methods: methodsToTry(own, side) });
}

/**
 * Answers what came in EAD_1 of a message_1 that runs `method`. `bytes` undefined: the offer was stripped.
 * Refuses `negotiationMismatch` then, `methodNotPreferred` where this side wants another method that was
 * offered: so an Initiator that was made to fall back gets no further.
 */
export function answerOffer(bytes: Uint8Array | undefined, side: Side, method: number): SentAnswer {
  if (bytes === undefined) return refuse('negotiationMismatch');
  const proposed = select(decodeOffer(bytes), side);
  if (!isRunBy(proposed.authentication, method)) refuse('methodNotPreferred');
  return Object.freeze({ bytes: encodeAnswer(proposed, bytes), proposed });
}

/**
 * Accepts what came in EAD_2, after message_2 verified, in a handshake that runs `method`. Refuses
 * `negotiationMismatch` for another offer than was sent, for a choice outside of it or no answer at all,
 * `belowFloor` for a choice that this side would not offer any more, its link having changed.
 */
export function acceptAnswer(
  bytes: Uint8Array | undefined,
  sent: SentOffer,
  side: Side,
  method: number,
): AcceptedAnswer {
  if (bytes === undefined) return refuse('negotiationMismatch');
  const { choice, offer } = decodeAnswer(bytes);
  if (!equalBytes(offer, sent.bytes)) refuse('negotiationMismatch');
  if (!isWithin(choice, sent.offer)) refuse('negotiationMismatch');
  if (!isRunBy(choice.authentication, method)) refuse('negotiationMismatch');
  if (!isAdmissible(choice, admissible(side))) refuse('belowFloor');
  return Object.freeze({ choice, echo: encodeAnswer(choice, sent.bytes) });
}

/**
 * Verifies what came in EAD_3, after message_3 verified, and returns the agreed choice. Anything but the
 * offer as seen here and the answer as sent, nothing included, is a `negotiationMismatch`.
 */
export function verifyEcho(bytes: Uint8Array | undefined, sent: SentAnswer): Choice {
  if (bytes === undefined || !equalBytes(bytes, sent.bytes)) return refuse('negotiationMismatch');
  return sent.proposed;
}

/** Where only the link authenticates, any method carries the exchange. */
function methodsToTry({ authentication }: Admissible, side: Side): readonly number[] {
  const methods = authentication
    .map((number) => mechanism(number)?.method)
    .filter((method) => method !== undefined);
  return methods.length > 0 ? methods : side.methods;
}

/** The mechanisms of the pairs, once each, in the order in which the pairs want them. */
function offered(pairs: readonly Protection[]): OfferedProtection {
  return {
    integrity: Array.from(new Set(pairs.map(({ integrity }) => integrity))),
    confidentiality: Array.from(new Set(pairs.map(({ confidentiality }) => confidentiality))),
  };
}

/** Delegated authentication rides on any method, any other only on its own. */
function isRunBy(authentication: number, method: number): boolean {
  return isDelegated(authentication) || mechanism(authentication)?.method === method;
}

function isWithin(choice: Choice, offer: Offer): boolean {
  return (
    offer.authentication.includes(choice.authentication) &&
    isOffered(offer.toResponder, choice.toResponder) &&
    isOffered(offer.toInitiator, choice.toInitiator)
  );
}

function isAdmissible(choice: Choice, own: Admissible): boolean {
  return (
    own.authentication.includes(choice.authentication) &&
    own.toResponder.some((pair) => isSamePair(pair, choice.toResponder)) &&
    own.toInitiator.some((pair) => isSamePair(pair, choice.toInitiator))
  );
}

function isSamePair(a: Protection, b: Protection): boolean {
  return a.integrity === b.integrity && a.confidentiality === b.confidentiality;
}
