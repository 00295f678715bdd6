// SPDX-License-Identifier: Apache-2.0

import { equalBytes } from '../bytes/compare.ts';
import { refuse } from '../refusal.ts';
import { type Admissible, admissible, delegates, type Protection } from './admissible.ts';
import { isRealisable, recordAlgorithm } from './mechanisms.ts';
import type { Side } from './policy.ts';

/** The mechanisms that an Initiator accepts in one direction, in its order. */
export interface OfferedProtection {
  readonly integrity: readonly number[];
  readonly confidentiality: readonly number[];
}

/** What an Initiator accepts. Numbers that are not known here are passed over. */
export interface Offer {
  readonly authentication: readonly number[];
  readonly toResponder: OfferedProtection;
  readonly toInitiator: OfferedProtection;
  /** The Initiator's channel, where it would leave something to the link. */
  readonly binding: Uint8Array | undefined;
}

/** What one direction is protected with. */
export interface ChosenProtection extends Protection {
  /** COSE number: an AEAD encrypts, a MAC protects integrity only. undefined: bare, the link does it all. */
  readonly recordAlgorithm: number | undefined;
}

export interface Choice {
  readonly authentication: number;
  readonly toResponder: ChosenProtection;
  readonly toInitiator: ChosenProtection;
}

/**
 * Chooses for the Responder: on each axis what `side` wants most among what both accept and both deem
 * strong enough. Refuses `mechanismNotSupported` where there is none, `channelMismatch` where the two ends
 * would delegate to a link but are not on the same one, and what `admissible` refuses.
 */
export function select(offer: Offer, side: Side): Choice {
  const own = admissible(side);
  checkChannel(offer, own, side);
  const authentication = own.authentication.find((number) => offer.authentication.includes(number));
  return chosen({
    authentication: authentication ?? refuse('mechanismNotSupported'),
    toResponder: selectProtection(offer.toResponder, own.toResponder),
    toInitiator: selectProtection(offer.toInitiator, own.toInitiator),
  });
}

/** Completes a choice with the algorithms that follow from it. */
export function chosen(choice: {
  readonly authentication: number;
  readonly toResponder: Protection;
  readonly toInitiator: Protection;
}): Choice {
  const { authentication, toResponder, toInitiator } = choice;
  return Object.freeze({
    authentication,
    toResponder: withAlgorithm(toResponder),
    toInitiator: withAlgorithm(toInitiator),
  });
}

/** Whether the offer holds both, and they go together. */
export function isOffered(offered: OfferedProtection, { integrity, confidentiality }: Protection): boolean {
  return (
    isRealisable(integrity, confidentiality) &&
    offered.integrity.includes(integrity) &&
    offered.confidentiality.includes(confidentiality)
  );
}

function selectProtection(offered: OfferedProtection, own: readonly Protection[]): Protection {
  return own.find((pair) => isOffered(offered, pair)) ?? refuse('mechanismNotSupported');
}

/** Two ends that see different channels have somebody between them, whatever else they could agree on. */
function checkChannel({ binding }: Offer, own: Admissible, { evidence }: Side): void {
  if (binding === undefined || evidence === undefined || !delegates(own)) return;
  if (!equalBytes(binding, evidence.binding)) refuse('channelMismatch');
}

function withAlgorithm({ integrity, confidentiality }: Protection): ChosenProtection {
  const algorithm = recordAlgorithm(integrity, confidentiality);
  return Object.freeze({ integrity, confidentiality, recordAlgorithm: algorithm });
}
