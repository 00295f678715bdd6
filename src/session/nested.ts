// SPDX-License-Identifier: Apache-2.0

/**
 * A record around a record, each behind a byte that says what it is: what a PNE sends to the server, for its gateway.
 *
 *     message = outer head ‖ outer record of (inner head ‖ inner record of plaintext)
 *
 * Where the provider makes records in C, both are one call and nothing is copied between.
 */
import { withHead } from '../bytes/copy.ts';
import type { RecordProvider, RecordRecipient, RecordSender, ShortMessage } from '../crypto/records.ts';
import { refuse } from '../refusal.ts';

/** The handles of a session, for records of two sessions at once. */
export interface SessionEnds {
  readonly records: RecordProvider;
  readonly sender: RecordSender;
  readonly recipient: RecordRecipient;
}

/**
 * One of the two: a session, or what protects as one does. Without `ends`, or with those of another provider, it is asked
 * on its own.
 */
export interface Nestable {
  protect(plaintext: Uint8Array): Uint8Array;
  unprotect(record: Uint8Array): Uint8Array;
  readonly ends: SessionEnds | undefined;
}

/** Returns the message, owned by the caller. Refuses what `protect` of either refuses. */
export function protectNested(
  outer: Nestable,
  outerHead: number,
  inner: Nestable,
  innerHead: number,
  plaintext: Uint8Array,
): Uint8Array {
  const a = outer.ends;
  const b = inner.ends;
  if (a !== undefined && a.records === b?.records) {
    const message = a.records.protectNested?.(a.sender, outerHead, b.sender, innerHead, plaintext);
    if (message !== undefined) return message;
  }
  return withHead(outerHead, 1, outer.protect(withHead(innerHead, 1, inner.protect(plaintext))));
}

/**
 * Opens a message whose first byte was looked at. Returns what `decode` makes of what the inner record held, of which it
 * is the owner; a provider may have decoded that at once where it is short. What the outer one holds that does not begin
 * with `innerHead`, or anything where `inner` is not there, goes to `other`; undefined is returned then. Refuses what
 * `unprotect` of either refuses.
 */
export function unprotectNested<Message>(
  outer: Nestable,
  message: Uint8Array,
  inner: Nestable | undefined,
  innerHead: number,
  decode: (held: Uint8Array) => Message,
  other: (held: Uint8Array) => void,
): Message | ShortMessage | undefined {
  const a = outer.ends;
  const b = inner?.ends;
  const open = a !== undefined && a.records === b?.records ? a.records.unprotectNested : undefined;
  if (open !== undefined) return open(a!.recipient, message, b!.recipient, innerHead, refuse, decode, other);
  const held = outer.unprotect(message.subarray(1));
  if (inner !== undefined && held[0] === innerHead) return decode(inner.unprotect(held.subarray(1)));
  other(held);
  return undefined;
}
