// SPDX-License-Identifier: Apache-2.0

/** The consent of a PNE on Node: what became of each of its answers. */
import { type PneConsents, type PneConsentsOptions, withConsents } from '../roles/pne-consents.ts';
import type { PneKeys } from '../roles/pne-keys.ts';
import { Status } from '../roles/status.ts';

/** `superseded`: a later answer to the same took its place. `unknown`: nobody waits for an answer to it any more. */
export type AnswerOutcome = 'stored' | 'superseded' | 'unknown' | 'notAuthorized';

export interface OwnerOptions {
  onQuestion?: PneConsentsOptions['onQuestion'];
  onQuestionWithdrawn?: PneConsentsOptions['onWithdrawn'];
}

export interface Owner {
  readonly consents: PneConsents;
  /** Resolves with what became of the answer to this number that `put` gives. */
  settled(number: number, put: (owner: Owner) => void): Promise<AnswerOutcome>;
}

/** `keys`: key management of the same PNE, where it has that. */
export function openOwner({ onQuestion, onQuestionWithdrawn }: OwnerOptions, keys?: PneKeys): Owner {
  const waiting = new Map<number, (outcome: AnswerOutcome) => void>();
  const settle = (number: number, outcome: AnswerOutcome) => {
    const resolve = waiting.get(number);
    waiting.delete(number);
    resolve?.(outcome);
  };
  const owner: Owner = {
    consents: withConsents(keys, {
      onQuestion: (question) => onQuestion?.(question),
      onAnswered: (number, status) => settle(number, OUTCOMES[status] ?? 'notAuthorized'),
      onWithdrawn: (number) => onQuestionWithdrawn?.(number),
    }),
    async settled(number, put): Promise<AnswerOutcome> {
      put(owner);
      settle(number, 'superseded');
      return new Promise((resolve) => waiting.set(number, resolve));
    },
  };
  return owner;
}

const OUTCOMES: Readonly<Record<number, AnswerOutcome>> = Object.freeze({
  [Status.ok]: 'stored',
  [Status.badRequest]: 'unknown',
});
