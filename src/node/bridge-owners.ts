// SPDX-License-Identifier: Apache-2.0

/**
 * A gateway whose bridges wait for consent has its server ask the PNE that owns its PN. What that answers is an answer
 * here; where no PNE owns the PN, whoever administers the gateway is asked alone. His word counts too: what is refused
 * here, by whomever, no consent of the other undoes.
 */
import { ADMINISTRATOR } from '../authorization/decision.ts';
import type { After, RunningTimer } from '../link/timer.ts';
import { NodeLimits } from '../node-limits.ts';
import { askBridge, type BridgeAnswer, BridgeWord, bridgeAnswerIn } from '../roles/bridge-wish.ts';
import type { ServiceAnswer, Wish } from '../roles/service-message.ts';
import { Status } from '../roles/status.ts';
import { answerQuestion, forgetConsents } from './consent-changes.ts';
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
  const heard: Heard = { refused: new Map(), consents: new Set() };
  let timer: RunningTimer | undefined;
  let isClosed = false;
  const turn = async (): Promise<void> => {
    try {
      for (const question of openQuestions(options)) await follow(options, question, heard);
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

/** What the server has said: why it asks nobody about a gateway, and numbers of consents that are the owner's. */
interface Heard {
  readonly refused: Map<string, number>;
  readonly consents: Set<number>;
}

/** What is refused stays so. */
function openQuestions({ consents, target }: BridgeOwnersOptions): Consent[] {
  const asked = consents.of('bridge-open', target).filter(({ state }) => state !== 'refused');
  return asked.filter((question) => consents.contextOf(question).openness === 'ask');
}

async function follow(options: BridgeOwnersOptions, question: Consent, heard: Heard): Promise<void> {
  const { subject } = question;
  const answer = await options.ask(askBridge(options.reference, subject));
  if (answer === undefined) return;
  const { status } = answer;
  const said = status === Status.ok ? bridgeAnswerIn(answer) : undefined;
  if (said === undefined && heard.refused.get(subject) !== status) options.onRefused(subject, status);
  heard.refused.set(subject, status);
  if (said?.word === BridgeWord.consented || said?.word === BridgeWord.refused)
    await adopt(options, question, said, heard);
  else if (heard.consents.has(question.number)) await forget(options, question, heard);
}

async function adopt(
  { store, now, consents }: BridgeOwnersOptions,
  { number, state, until }: Consent,
  { word, seconds }: BridgeAnswer,
  heard: Heard,
): Promise<void> {
  const answer = word === BridgeWord.consented ? 'consented' : 'refused';
  const counts = answer === 'refused' ? seconds : Math.min(seconds, bridgeConsentSeconds);
  if (state === answer && !isToRenew(until - now(), counts)) return;
  // Unless whoever administers was quicker.
  const given = { number, answer, until: now() + counts, by: ADMINISTRATOR, from: state } as const;
  const answered = await answerQuestion(store, given, now());
  if (answered === 'answered') heard.consents.add(number);
  await consents.refresh();
}

/** Whoever consented is the owner no more, or what the server went by is gone. */
async function forget(
  { store, now, consents }: BridgeOwnersOptions,
  { number }: Consent,
  heard: Heard,
): Promise<void> {
  heard.consents.delete(number);
  await forgetConsents(store, now(), (each) => each.number === number && each.state === 'consented');
  await consents.refresh();
}

/** What the server is not heard to say any more ends by itself. */
function isToRenew(left: number, counts: number): boolean {
  return left < bridgeConsentSeconds / 2 && counts > left;
}
