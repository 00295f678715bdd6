// SPDX-License-Identifier: Apache-2.0

/** Test code: a PNE that owns something, at a server that keeps questions in memory and stores answers when a test says so. */
import type { Answer, Openness } from '../authorization/decision.ts';
import type { NumberedQuestion } from './consent.ts';
import type { OwnerConsents } from './consent-desk.ts';
import { PNE_ID } from './identities.testing.ts';
import { createTestNetwork, type TestNetwork } from './network.testing.ts';
import { type PneConsents, withConsents } from './pne-consents.ts';
import { Status, type StatusCode } from './status.ts';

/** Keeps what src/node/consent-changes.ts would, whatever becomes of server and PNE. */
export class TestBook implements OwnerConsents {
  readonly rows = new Map<number, { readonly question: NumberedQuestion; state: 'asked' | Answer }>();
  readonly openness: string[] = [];
  readonly seconds: number[] = [];
  owner = PNE_ID;
  /** Answers wait in `storing`. */
  isSlow = false;
  fails = false;
  readonly storing: (() => void)[] = [];

  ask(number: number, subject = `entity-${number}`): void {
    const question = { number, operation: 'content-access', subject, target: PNE_ID } as const;
    this.rows.set(number, { question, state: 'asked' });
  }

  stateOf(number: number): string | undefined {
    return this.rows.get(number)?.state;
  }

  waitingFor(owner: string): readonly NumberedQuestion[] {
    const rows = owner === this.owner ? [...this.rows.values()] : [];
    return rows.filter(({ state }) => state === 'asked').map(({ question }) => question);
  }

  answer(
    owner: string,
    number: number,
    answer: Answer,
    seconds: number,
    done: (status: StatusCode) => void,
  ): void {
    this.store(done, () => {
      const row = this.rows.get(number);
      if (row === undefined) return Status.badRequest;
      if (owner !== this.owner || (row.state === 'refused' && answer === 'consented'))
        return Status.notAuthorized;
      row.state = answer;
      this.seconds.push(seconds);
      return Status.ok;
    });
  }

  setOpenness(
    pneId: string,
    openness: Openness,
    boot: number,
    serial: number,
    done: (status: StatusCode) => void,
  ): void {
    this.store(done, () => {
      if (pneId !== this.owner) return Status.notAuthorized;
      this.openness.push(`${openness} ${boot} ${serial}`);
      return Status.ok;
    });
  }

  private store(done: (status: StatusCode) => void, work: () => StatusCode): void {
    const run = () => done(this.fails ? Status.busy : work());
    if (this.isSlow) this.storing.push(run);
    else run();
  }
}

export interface OwnerNetwork {
  readonly net: TestNetwork;
  readonly book: TestBook;
  /** Of the PNE that runs now. */
  readonly owner: PneConsents;
  /** Numbers, in their order. */
  readonly questions: number[];
  readonly answered: string[];
  readonly withdrawn: number[];
}

/** The PNE has registered. `at`: where a server asks nobody. `isOwner`: whether it was made with its consent in it. */
export function ownerNetwork(at: TestBook | 'none' = new TestBook(), isOwner = true): OwnerNetwork {
  const book = at === 'none' ? new TestBook() : at;
  const [questions, answered, withdrawn]: [number[], string[], number[]] = [[], [], []];
  let owner!: PneConsents;
  const keys = () => {
    owner = withConsents(undefined, {
      onQuestion: ({ number }) => void questions.push(number),
      onAnswered: (number, status) => void answered.push(`${number} ${status}`),
      onWithdrawn: (number) => void withdrawn.push(number),
    });
    return owner;
  };
  const net = createTestNetwork({ ...(at !== 'none' && { consents: at }), ...(isOwner && { keys }) });
  net.linkUp();
  net.settle();
  return {
    ...{ net, book, questions, answered, withdrawn },
    get owner() {
      return owner;
    },
  };
}
