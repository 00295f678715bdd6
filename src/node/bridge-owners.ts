// SPDX-License-Identifier: Apache-2.0

/**
 * A gateway whose bridges wait for consent has its server ask the PNE that owns its PN. What that answers is an answer here;
 * where no PNE owns the PN, whoever administers the gateway is asked alone. His word counts too: what is refused here, by
 * whomever, no consent of the other undoes.
 */
import { ADMINISTRATOR } from '../authorization/decision.ts';
import type { After, RunningTimer } from '../link/timer.ts';
import { NodeLimits } from '../node-limits.ts';
import { askBridge, type BridgeAnswer, BridgeWord, bridgeAnswerIn } from '../roles/bridge-wish.ts';
import type { ServiceAnswer, Wish } from '../roles/service-message.ts';
import { Status } from '../roles/status.ts';
import { answerQuestion } from './consent-changes.ts';
import type { Consent } from './consents.ts';
import type { HeldConsents } from './held-consents.ts';
import type { KeyValueStore } from './store/store.ts';
import { after as nodeAfter } from './timer.ts';

export interface BridgeOwnersOptions {
  /** Asks the server. Undefined: it is away, or has not answered. */
  ask(wish: Wish): Promise<ServiceAnswer | undefined>;
  readonly store: KeyValueStore;
  readonly consents: Pick<HeldConsents, 'of' | 'contextOf' | 'refresh'>;
  /** The PN of the gateway: its number here, and its reference at the server. */
  readonly target: string;
  readonly reference: number;
  /** Seconds since 1970. */
  now(): number;
  /** The server asks nobody about this gateway, for a reason of status.ts: said when it is another than before. */
  onRefused(gateway: string, status: number): void;
  onFailed(error: Error): void;
  readonly after?: After;
}

const { bridgeAskMs, bridgeConsentSeconds } = NodeLimits;

/** Asks again and again, as an answer may be taken back. */
export function askBridgeOwners(options: BridgeOwnersOptions): { close(): void } {
  const { after = nodeAfter, onFailed } = options;
  const refused = new Map<string, number>();
  let timer: RunningTimer | undefined;
  let isClosed = false;
  const turn = async (): Promise<void> => {
    try {
      for (const question of openQuestions(options)) await follow(options, question, refused);
    } catch (error) {
      if (!isClosed) onFailed(error as Error);
    }
    if (!isClosed) timer = after(bridgeAskMs, () => void turn());
  };
  void turn();
  return {
    close(): void {
      isClosed = true;
      timer?.cancel();
    },
  };
}

/** What is refused stays so. */
function openQuestions({ consents, target }: BridgeOwnersOptions): Consent[] {
  const asked = consents.of('bridge-open', target).filter(({ state }) => state !== 'refused');
  return asked.filter((question) => consents.contextOf(question).openness === 'ask');
}

async function follow(
  options: BridgeOwnersOptions,
  question: Consent,
  refused: Map<string, number>,
): Promise<void> {
  const { subject } = question;
  const answer = await options.ask(askBridge(options.reference, subject));
  if (answer === undefined) return;
  const { status } = answer;
  if (status === Status.ok) await adopt(options, question, bridgeAnswerIn(answer));
  else if (refused.get(subject) !== status) options.onRefused(subject, status);
  refused.set(subject, status);
}

async function adopt(
  { store, now, consents }: BridgeOwnersOptions,
  { number, state, until }: Consent,
  { word, seconds }: BridgeAnswer,
): Promise<void> {
  if (word !== BridgeWord.consented && word !== BridgeWord.refused) return;
  const answer = word === BridgeWord.consented ? 'consented' : 'refused';
  const counts = answer === 'refused' ? seconds : Math.min(seconds, bridgeConsentSeconds);
  if (state === answer && !isToRenew(until - now(), counts)) return;
  // Unless whoever administers was quicker.
  const given = { number, answer, until: now() + counts, by: ADMINISTRATOR, from: state } as const;
  await answerQuestion(store, given, now());
  await consents.refresh();
}

/** What the server is not heard to say any more ends by itself. */
function isToRenew(left: number, counts: number): boolean {
  return left < bridgeConsentSeconds / 2 && counts > left;
}
