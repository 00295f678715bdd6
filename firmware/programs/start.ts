// SPDX-License-Identifier: Apache-2.0

/** How an image starts: no store, no key and no link is touched before the self-test has passed. */
import { Reason, Refusal } from '../../src/refusal.ts';
import { reportAborts } from '../platform/abort.ts';
import { selfTest } from '../selftest/selftest.ts';
import type { Image } from './image.ts';
import { halt, sayStart } from './journal.ts';
import { startPne } from './pne.ts';

/** What a device is called that has not looked who it is. */
const UNKNOWN_ID = '-';

export function startImage(image: Image): void {
  reportAborts();
  const provider = image.openProvider();
  const failure = selfTest(provider) ?? image.testMore?.(provider);
  if (failure !== undefined) {
    sayStart(image.link, UNKNOWN_ID, failure);
    return halt(
      `self-test ${failure.check} (${failure.code}): no key was used; replace the board if it stays`,
    );
  }
  try {
    startPne(image, provider);
  } catch (error) {
    if (!(error instanceof Refusal) || error.reason !== Reason.notProvisioned) throw error;
    sayStart(image.link, UNKNOWN_ID);
    halt(`notProvisioned (${error.reason}): provision this board, then restart it`);
  }
}
