// SPDX-License-Identifier: Apache-2.0

/** What a gateway asks its server that is to let another have a bridge: what the PNE that owns its PN says to that. */
import { refuse } from '../refusal.ts';
import { numberOf } from './key-message.ts';
import { type ServiceAnswer, ServiceOperation, type Wish } from './service-message.ts';

/** The first result. */
export const BridgeWord = Object.freeze({
  /** The owner is asked, and has not answered. */
  waits: 0,
  consented: 1,
  refused: 2,
  /** No PNE owns the PN. */
  nobody: 3,
} as const);

export interface BridgeAnswer {
  readonly word: (typeof BridgeWord)[keyof typeof BridgeWord];
  /** How long it counts still. */
  readonly seconds: number;
}

const MOST = Number.MAX_SAFE_INTEGER;
const WORDS = Object.freeze(Object.values(BridgeWord));

/** `reference`: of the PN that the bridge leads to. `gateway`: the other one. `bridgeAnswerIn` reads the answer. */
export function askBridge(reference: number, gateway: string): Wish {
  return { operation: ServiceOperation.askBridge, number: reference, texts: [gateway] };
}

/** Refuses `messageInvalid` where an answer that is ok does not hold that. */
export function bridgeAnswerIn({
  results: [word, seconds, ...rest],
}: Pick<ServiceAnswer, 'results'>): BridgeAnswer {
  const known = WORDS.find((each) => each === word);
  if (known === undefined || rest.length > 0 || typeof seconds !== 'number') return refuse('messageInvalid');
  return { word: known, seconds: numberOf(seconds, MOST) };
}
