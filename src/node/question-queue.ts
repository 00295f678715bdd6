// SPDX-License-Identifier: Apache-2.0

/** Questions on their way into the store: one after the other, few of each subject. What finds no room is asked another time. */
import { NodeLimits } from '../node-limits.ts';
import type { Question } from '../roles/consent.ts';
import { askOwner, askOwnerOf } from './consent-changes.ts';
import { nameOf } from './consents.ts';
import type { KeyValueStore } from './store/store.ts';

export interface QuestionQueueOptions {
  readonly store: KeyValueStore;
  /** Seconds since 1970. */
  now(): number;
  /** All that were waiting are stored. */
  onStored(): void;
  /** One is not stored, and may be asked again. */
  onFailed(error: Error): void;
}

interface Waiting {
  readonly question: Question;
  readonly owner: string | undefined;
}

const { consentMaxAsked, consentMaxAskedBySubject } = NodeLimits;

export class QuestionQueue {
  private readonly options: QuestionQueueOptions;
  /** By name; the first is being stored. */
  private readonly questions = new Map<string, Waiting>();
  private isClosed = false;

  constructor(options: QuestionQueueOptions) {
    this.options = options;
  }

  /** `owner`: as is said elsewhere, if not as it is stored. */
  add(question: Question, owner?: string): void {
    const name = nameOf(question);
    const { questions } = this;
    const isOfSubject = ({ question: { operation, subject } }: Waiting) =>
      operation === question.operation && subject === question.subject;
    const ofSubject = [...questions.values()].filter(isOfSubject).length;
    const isFull = questions.size >= consentMaxAsked || ofSubject >= consentMaxAskedBySubject;
    if (this.isClosed || isFull || questions.has(name)) return;
    questions.set(name, { question, owner });
    if (questions.size === 1) void this.run();
  }

  close(): void {
    this.isClosed = true;
  }

  private async run(): Promise<void> {
    const { store, now, onFailed, onStored } = this.options;
    for (const [name, { question, owner }] of this.questions) {
      if (this.isClosed) return;
      try {
        if (owner === undefined) await askOwner(store, question, now());
        else await askOwnerOf(store, question, owner, now());
      } catch (error) {
        if (!this.isClosed) onFailed(error as Error);
      }
      this.questions.delete(name);
    }
    if (!this.isClosed) onStored();
  }
}
