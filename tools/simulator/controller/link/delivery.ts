// SPDX-License-Identifier: Apache-2.0

/**
 * Acknowledgement and repetition (Core Specification Vol 6 Part B 4.5.9): one bit numbers what is sent, one
 * says what is expected next, and one PDU is on its way until it is acknowledged.
 */
import { type DataPdu, encodeDataPdu, Llid } from './data-pdu.ts';

/** A PDU that is sent until it is acknowledged. */
export interface Outgoing {
  readonly llid: number;
  /** As on the air. */
  readonly payload: Uint8Array;
  onAcknowledged(): void;
}

const EMPTY: Outgoing = Object.freeze({
  llid: Llid.continuation,
  payload: new Uint8Array(0),
  onAcknowledged: () => undefined,
});

export class Delivery {
  private sequence = 0;
  private nextExpected = 0;
  private pending: Outgoing | undefined;

  /** Whether something waits for its acknowledgement that is not an empty PDU. */
  get isBusy(): boolean {
    return this.pending !== undefined && this.pending !== EMPTY;
  }

  /** Returns the bytes to send: those not yet acknowledged, else what `pick` gives, else an empty PDU. */
  next(pick: () => Outgoing | undefined, hasMore: () => boolean): Uint8Array {
    this.pending ??= pick() ?? EMPTY;
    const { llid, payload } = this.pending;
    const flags = { nextExpected: this.nextExpected, sequence: this.sequence, hasMore: hasMore() };
    return encodeDataPdu(llid, flags, payload);
  }

  /** Takes the acknowledgement in `pdu` and returns what it acknowledges. */
  acknowledge(pdu: DataPdu): Outgoing | undefined {
    const acknowledged = this.pending;
    if (acknowledged === undefined || pdu.nextExpected === this.sequence) return undefined;
    this.pending = undefined;
    this.sequence ^= 1;
    return acknowledged;
  }

  /** Whether `pdu` is not a repetition. */
  isNew(pdu: DataPdu): boolean {
    return pdu.sequence === this.nextExpected;
  }

  /** What is not accepted comes again. */
  accept(): void {
    this.nextExpected ^= 1;
  }
}
