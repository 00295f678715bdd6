// SPDX-License-Identifier: Apache-2.0

import { encodeError } from '../../../src/handshake/error-message.ts';
import { Channel, encodeChannelMessage } from '../../../src/link/channel.ts';
import type { Attack } from './attack.ts';
import { works } from './messages.ts';
import { PATIENCE_MS, SmallNetwork } from './small-network.ts';
import { until } from './until.ts';

/** Wanted less than the one that both have. */
const SUITE = 3;

export const downgradeSuites: Attack = {
  name: 'downgrade-suites',
  title: 'Downgrade of suites',
  does: `Tells a PNE in the name of its gateway that this has cipher suite ${SUITE} alone, which both want less.`,
  clause: 'suites',
  async strike(attempt) {
    const probe = await attempt.connect();
    const forged = encodeChannelMessage(Channel.hopHandshake, encodeError({ code: 2, suitesR: [SUITE] }));
    probe.tap.inject(forged, 'down');
    const lines = [
      `told the PNE: SUITES_R ${SUITE}; it asked again, and said that it would rather have another`,
    ];
    const refused = await attempt.refusal('CPNS-1', lines, ({ reason }) => reason === 'suiteNotSupported');
    return { ...refused, isHeld: refused.isHeld && probe.agreements.every(({ suite }) => suite !== SUITE) };
  },
  /** With its private key: whoever has that is the gateway. */
  async control() {
    const network = new SmallNetwork({
      change: (own) => (own.name === 'CPNS-1' ? { ...own, suites: [SUITE] } : own),
    });
    const probe = network.connect();
    await until(() => probe.hasAgreed('CPNS-1'), PATIENCE_MS, 'CPNS-1 was not secured');
    network.close();
    const what = `an attacker who has the private key of the gateway: the PNE agreed on suite ${SUITE}`;
    return works(probe.agreements[0]?.suite === SUITE, what);
  },
};
