// SPDX-License-Identifier: Apache-2.0

/** What an owner may be asked: whether somebody may do something that his openness leaves to him. */
import type { OperationName } from '../authorization/operations.ts';

export type AskedOperation = Extract<OperationName, 'content-access' | 'bridge-open'>;

/** In the order of their numbers, in messages and in the store. */
export const ASKED_OPERATIONS: readonly AskedOperation[] = Object.freeze(['content-access', 'bridge-open']);

export interface Question {
  readonly operation: AskedOperation;
  /** Who wants it: an external entity, or a gateway. */
  readonly subject: string;
  /** The PNE whose contents they are, or the number of the PN that the bridge leads to. */
  readonly target: string;
}

/** One that was asked, by a number that no other ever has. */
export interface NumberedQuestion extends Question {
  /** From 1 on. */
  readonly number: number;
}
