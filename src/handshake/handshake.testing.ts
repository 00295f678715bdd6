// SPDX-License-Identifier: Apache-2.0

import * as assert from 'uvu/assert';
import { createSession } from '../session/session.ts';
import type { Established, ExportedContext } from './established.ts';
import { text } from './test-fixture.ts';

export const none = new Uint8Array(0);

export function open(context: ExportedContext) {
  return createSession(context, {
    firstSequenceNumber: 0,
    reserve: () => {},
  });
}

/** Asserts that two ends hold the same keys, crosswise. */
export function assertMatch(here: Established, there: Established): void {
  assert.equal(here.exportBytes(32768, text('context'), 24), there.exportBytes(32768, text('context'), 24));
  assert.equal(here.transcript, there.transcript);
  const [mine, theirs] = [here.securityContext(), there.securityContext()];
  assert.equal([mine.senderId, mine.recipientId], [theirs.recipientId, theirs.senderId]);
  assert.equal(mine.masterSalt, theirs.masterSalt);
  const [sender, recipient] = [open(mine), open(theirs)];
  assert.equal(recipient.unprotect(sender.protect(text('first'))), text('first'));
}
