// SPDX-License-Identifier: Apache-2.0

/** A PNE that runs on Node and reaches its gateway by TCP. */
import type { Answer, Openness } from '../authorization/decision.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import type { BootStore } from '../delivery/boot.ts';
import type { After } from '../link/timer.ts';
import { compactPayloads } from '../payload/compact.ts';
import { type ReasonName, refuse } from '../refusal.ts';
import type { NumberedQuestion } from '../roles/consent.ts';
import { createPne } from '../roles/pne.ts';
import type { Outcome } from '../roles/pne-readings.ts';
import { openProvisioning } from '../roles/provisioned.ts';
import { type AnswerOutcome, openOwner } from './owner.ts';
import { keepConnected } from './reconnect.ts';
import { connectTcp } from './tcp.ts';
import { after as nodeAfter } from './timer.ts';

export interface DeviceOptions {
  readonly provider: CryptoProvider;
  /** What `pne-runtime admin provision` has written; with the private key in it, which the provider keeps a copy of. */
  readonly provisioning: Uint8Array;
  /** Where its boot counter lies: without one that stays, its second start is taken for a copy of it. */
  readonly boots: BootStore;
  readonly after?: After;
  /** A content of the server. Called once for each. */
  onContent?(value: unknown): void;
  /**
   * Its owner is asked whether somebody may read its contents, or those that it owns: `answer` does so, whenever that is.
   * Without it it is asked nothing.
   */
  onQuestion?(question: NumberedQuestion): void;
  /** Nobody waits for an answer to this question any more. */
  onQuestionWithdrawn?(number: number): void;
  onRefused?(reason: ReasonName): void;
  /** Its gateway cannot be reached, for this reason. It is tried again. */
  onUnreachable?(error: Error): void;
}

export interface Device {
  /** Resolves with what became of a reading. Refuses `queueFull` where 16 wait, and what src/payload refuses. */
  report(value: unknown): Promise<Outcome>;
  /**
   * Answers a question by its number, or takes back what was consented to: resolves once the server has stored that.
   * `seconds`: how long it counts, 30 days unless given. Refuses `stateInvalid` without `onQuestion`.
   */
  answer(number: number, answer: Answer, seconds?: number): Promise<AnswerOutcome>;
  /** How open its own contents are from now on, as `answer`: `ask` makes it their owner who is asked. */
  setOpenness(openness: Openness): Promise<AnswerOutcome>;
  /** Closes its link, and makes no other: readings that wait have no outcome. */
  close(): void;
}

/** It goes on, and its process with it, until it is closed. */
export function startDevice(options: DeviceOptions): Device {
  const { provider, provisioning, boots, after = nodeAfter } = options;
  const { pneId, hop, endToEnd, gatewayPort, gatewayAddress } = openProvisioning(provider, provisioning);
  const waiting = new Map<number, (outcome: Outcome) => void>();
  const owner = options.onQuestion && openOwner(options);
  const pne = createPne({
    ...{ pneId, hop, endToEnd, after, boots, payloads: compactPayloads },
    ...(owner !== undefined && { keys: owner.consents }),
    onAgreed(): void {},
    onContent: (value) => options.onContent?.(value),
    onReceipt(handle, outcome): void {
      waiting.get(handle)?.(outcome);
      waiting.delete(handle);
    },
    onRefused: (reason) => options.onRefused?.(reason),
  });
  const connection = keepConnected({
    connect: (onLink) =>
      connectTcp(gatewayPort, onLink, gatewayAddress).catch((error: Error) => {
        options.onUnreachable?.(error);
        throw error;
      }),
    onLink: (link) => pne.attach(link),
    after,
    random: Math.random,
  });
  return {
    async report(value): Promise<Outcome> {
      const handle = pne.report(value);
      return new Promise((resolve) => waiting.set(handle, resolve));
    },
    answer: async (number, answer, seconds) =>
      (owner ?? refuse('stateInvalid')).settled(number, ({ consents }) =>
        consents.answer(number, answer, seconds),
      ),
    setOpenness: async (openness) =>
      (owner ?? refuse('stateInvalid')).settled(0, ({ consents }) => consents.setOpenness(openness)),
    close: () => connection.close(),
  };
}
