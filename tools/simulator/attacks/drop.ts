// SPDX-License-Identifier: Apache-2.0

import type { Attack } from './attack.ts';
import { BareLink } from './bare-link.ts';
import { isRecord, works } from './messages.ts';
import { happens } from './until.ts';

const RECORDS = 3;
/** A reading is sent again after 5 to 7.5 s. */
const AGAIN_MS = 16_000;

export const drop: Attack = {
  name: 'drop',
  title: 'Drop',
  does: `Keeps ${RECORDS} records from arriving, on their way from the gateway to the server.`,
  clause: 'sender',
  async strike(attempt) {
    const { account } = attempt.target;
    for (let count = 0; count < RECORDS; count += 1)
      await attempt.next('wire', 'up', (message) => (isRecord(message) ? [] : undefined));
    const { open } = account;
    const isHeld = await happens(() => open.every((each) => account.hasArrived(each)), AGAIN_MS);
    const rest = open.filter((each) => !account.hasArrived(each)).length;
    return {
      isHeld,
      lines: [
        `dropped ${RECORDS} records; ${open.length} readings were under way`,
        isHeld ? 'nobody had to refuse anything: all were sent until confirmed' : `${rest} did not arrive`,
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
