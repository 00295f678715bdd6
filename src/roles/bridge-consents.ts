// SPDX-License-Identifier: Apache-2.0

import type { Context } from '../authorization/decision.ts';
import type { Question } from './consent.ts';

/** Where questions to owners of PNs and their answers are kept. */
export interface BridgeConsents {
  /** Who was asked, and what he has answered. */
  contextOf(question: Question): Context;
  /** How long an answer counts still. */
  secondsFor(question: Question): number;
  /** Asks this owner, where that has not been done and there is room. What another was asked before counts no more. */
  askOwner(question: Question, owner: string): void;
}
