// SPDX-License-Identifier: Apache-2.0

import type { RecordDirection, RecordProvider } from '../records.ts';
import type { CryptoNatives, NativeSecret } from './natives.ts';

/** What a record needs is the C function itself: nothing of JavaScript stands between. */
export function createRecords(natives: CryptoNatives): RecordProvider<NativeSecret> {
  return Object.freeze({
    createSender: (direction, firstSequenceNumber, maxSealed) =>
      natives.sender(...argumentsOf(direction), firstSequenceNumber, maxSealed),
    nextSequenceNumber: natives.next,
    reserve: natives.reserve,
    refusal: natives.refusal,
    protect: natives.protect,
    protectInto: natives.protectInto,
    protectNested: natives.protectNested,
    unprotectNested: natives.unprotectNested,
    createRecipient: (direction, { highest, seen, failed }, maxFailed) =>
      natives.recipient(...argumentsOf(direction), highest, seen, failed, maxFailed),
    unprotect: natives.unprotect,
    received: (recipient) => ({
      highest: natives.highest(recipient),
      seen: natives.seen(recipient),
      failed: natives.failed(recipient),
    }),
    wipe: natives.wipe,
  } satisfies RecordProvider<NativeSecret>);
}

function argumentsOf({
  algorithm,
  key,
  baseIv,
  kid,
  kidContext,
  maxMessageBytes,
}: RecordDirection<NativeSecret>) {
  return [key, algorithm, baseIv, kid, kidContext, maxMessageBytes] as const;
}
