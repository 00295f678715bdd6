// SPDX-License-Identifier: Apache-2.0

import type { Attack } from './attack.ts';
import { BareLink } from './bare-link.ts';
import { isRecord, works } from './messages.ts';
import { happens } from './until.ts';

const DROP_MS = 1000;
/** A reading is sent again after 5 to 7.5 s. */
const AGAIN_MS = 40_000;

export const drop: Attack = {
  name: 'drop',
  title: 'Drop',
  does: 'Keeps every record from arriving for a second, on its way from the gateway to the server.',
  clause: 'sender',
  async strike(attempt) {
    const { account, taps } = attempt.target;
    let dropped = 0;
    const stop = taps.wire.watch((message, direction) => {
      if (direction === 'down' || !isRecord(message)) return undefined;
      dropped += 1;
      return [];
    });
    attempt.atEnd(stop);
    await new Promise((resolve) => setTimeout(resolve, DROP_MS));
    stop();
    const { open } = account;
    const left = () => open.filter((each) => !account.hasArrived(each)).length;
    const isHeld = await happens(() => left() === 0, AGAIN_MS);
    return {
      isHeld,
      lines: [
        `dropped ${dropped} records, with ${open.length} readings under way`,
        isHeld ? 'nobody had to refuse anything: all were sent until confirmed' : `${left()} did not arrive`,
      ],
    };
  },
  async control() {
    let seen = 0;
    const link = new BareLink((message) => {
      seen += 1;
      return seen === 2 ? [] : [message];
    });
    for (const value of [1, 2, 3]) link.report(value);
    const what = `a link without receipts: of 3 readings ${link.received.length} arrived, and nobody knows`;
    return works(link.received.join() === '1,3', what);
  },
};
