// SPDX-License-Identifier: Apache-2.0

import type { Attack } from './attack.ts';
import { BareLink } from './bare-link.ts';
import { flipped, isRecord, shown, works } from './messages.ts';

export const flip: Attack = {
  name: 'flip',
  title: 'Flip a bit',
  does: 'Puts a copy of a record that differs in one bit in front of it, on its way from the gateway to the server.',
  clause: 'verify',
  async strike(attempt) {
    const record = await attempt.next('wire', 'up', (message) =>
      isRecord(message) ? [flipped(message), message] : undefined,
    );
    return attempt.refusal('CPNS-2', [`was: ${shown(record)}`, `sent: ${shown(flipped(record))}`]);
  },
  async control() {
    const link = new BareLink((message) => [flipped(message)]);
    link.report(20);
    const what = `a link without records: the PNE said 20, and the server took ${link.received[0]}`;
    return works(link.received[0] === 21, what);
  },
};
