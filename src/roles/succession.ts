// SPDX-License-Identifier: Apache-2.0

import { equalBytes } from '../bytes/compare.ts';
import { refuse } from '../refusal.ts';
import { recordKid } from '../session/forms.ts';
import type { Agreement } from './interface.ts';

/**
 * What a Responder has agreed on with one Initiator: keys in use, and newer ones that take their place with the
 * first record under them. Until then the Initiator may not know that it has them.
 */
export class Succession {
  private readonly onRetired: (agreement: Agreement) => void;
  private current: Agreement | undefined;
  private next: Agreement | undefined;
  /** Of which a record was verified. */
  private confirmed: Agreement | undefined;

  /** `onRetired`: an agreement is over and its keys are wiped. */
  constructor(onRetired: (agreement: Agreement) => void) {
    this.onRetired = onRetired;
  }

  /** The agreement in use. */
  get agreement(): Agreement | undefined {
    return this.current;
  }

  /** Takes an agreement over. Bare messages show no keys: with them it is in use at once. */
  add(agreement: Agreement): void {
    const former = this.next;
    this.next = agreement;
    this.retire(former);
    if (this.current === undefined || isBare(this.current) || isBare(agreement)) this.succeed();
  }

  /** Returns the message in a record, owned by the caller. Refuses what the channel refuses. */
  unprotect(record: Uint8Array): Uint8Array {
    const { current, next } = this;
    if (next === undefined || !equalBytes(recordKid(record), next.connectionId)) {
      const agreement = current ?? refuse('contextUnknown');
      return this.confirming(agreement, agreement.channel.unprotect(record));
    }
    const message = next.channel.unprotect(record);
    this.succeed();
    return this.confirming(next, message);
  }

  private confirming(agreement: Agreement, message: Uint8Array): Uint8Array {
    if (this.confirmed !== agreement) {
      this.confirmed = agreement;
      agreement.confirm?.();
    }
    return message;
  }

  /** Wipes all keys. Safe to call twice. */
  close(): void {
    const { current, next } = this;
    this.current = undefined;
    this.next = undefined;
    this.retire(current);
    this.retire(next);
  }

  private succeed(): void {
    const former = this.current;
    this.current = this.next;
    this.next = undefined;
    this.retire(former);
  }

  private retire(agreement: Agreement | undefined): void {
    if (agreement === undefined) return;
    agreement.channel.close();
    this.onRetired(agreement);
  }
}

function isBare({ choice }: Agreement): boolean {
  return choice.toResponder.recordAlgorithm === undefined;
}
