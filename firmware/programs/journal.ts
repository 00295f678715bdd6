// SPDX-License-Identifier: Apache-2.0

/**
 * What a device says on its console, for people: what it is, where it stands, what it has refused. A line each, all begin
 * with `pne:`. Nothing of a key, a secret or a message is in any.
 */
import type { LinkEvents } from '../../src/link/link.ts';
import type { Agreement } from '../../src/roles/interface.ts';
import { BOARD, engineName, VERSION } from '../platform/board.ts';
import { printLine } from '../platform/console.ts';
import { after } from '../platform/timer.ts';
import type { SelfTestFailure } from '../selftest/selftest.ts';

/** How often a device that stands still says why, for whoever looks later. */
const AGAIN_MS = 60_000;

/** `link` is the kind of the image's link to the gateway. */
export function sayStart(link: string, pneId: string, failure?: SelfTestFailure): void {
  const result = failure === undefined ? 'ok' : `failed: ${failure.check} (${failure.code})`;
  printLine(
    `pne: pne-runtime ${VERSION}, ${BOARD}, ${engineName()}, link ${link}, id ${pneId}, self-test ${result}`,
  );
}

/** Stands still for good: nothing else runs any more, and the board does not restart. */
export function halt(why: string): void {
  printLine(`pne: stopped: ${why}`);
  after(AGAIN_MS, () => halt(why));
}

export function sayAgreed({ name, peer, method, suite }: Agreement): void {
  printLine(`pne: ${name} agreed with ${peer.subject}: EDHOC method ${method}, suite ${suite}`);
}

export function say(state: string): void {
  printLine(`pne: ${state}`);
}

/** Says that a link is up, and when it is not any more. */
export function watchLink(events: LinkEvents): LinkEvents {
  say('link up');
  return {
    onMessage: (message) => events.onMessage(message),
    onClosed(): void {
      say('link down');
      events.onClosed();
    },
  };
}
