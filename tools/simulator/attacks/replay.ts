// SPDX-License-Identifier: Apache-2.0

import type { Attack } from './attack.ts';
import { BareLink } from './bare-link.ts';
import { isRecord, shown, works } from './messages.ts';

export const replay: Attack = {
  name: 'replay',
  title: 'Replay',
  does: 'Keeps a record on its way from the gateway to the server, and sends it a second time.',
  clause: 'replay',
  async strike(attempt) {
    const record = await attempt.next('wire', 'up', (message) => (isRecord(message) ? [message] : undefined));
    attempt.target.taps.wire.inject(record, 'up');
    return attempt.refusal('CPNS-2', [`sent twice: ${shown(record)}`]);
  },
  async control() {
    const link = new BareLink((message) => [message, message]);
    link.report(21.5);
    const what = `a link without records: the server took one reading ${link.received.length} times`;
    return works(link.received.length === 2, what);
  },
};
