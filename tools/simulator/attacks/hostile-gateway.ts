// SPDX-License-Identifier: Apache-2.0

import type { Attack } from './attack.ts';
import { flipped, isEndToEnd, shown, works } from './messages.ts';
import { SmallNetwork } from './small-network.ts';

export const hostileGateway: Attack = {
  name: 'hostile-gateway',
  title: 'Hostile gateway',
  does: 'The gateway itself, with all its keys, changes a record of a PNE that it relays, and repeats it.',
  clause: 'verify',
  async strike(attempt) {
    const route = await attempt.next('relay', 'up', (message) =>
      isEndToEnd(message) ? [flipped(message), message, message] : undefined,
    );
    const lines = [`relayed: ${shown(route)}`, `changed: ${shown(flipped(route))}`];
    const repeated = await attempt.refusal('CPNS-3', lines, ({ reason }) => reason === 'replay');
    if (!repeated.isHeld) return repeated;
    const word = `repeated, it was refused as ${repeated.reason!.name} (${repeated.reason!.number})`;
    return attempt.refusal('CPNS-3', [...lines, word], ({ reason }) => reason !== 'replay');
  },
  /** The gateway is the server of its PNEs then. */
  async control() {
    const network = new SmallNetwork();
    const hostile = new SmallNetwork({ identities: network.identities });
    const probe = hostile.connect();
    probe.pne.report('for the server alone');
    await hostile.arrival('for the server alone');
    hostile.close();
    network.close();
    const what = 'a gateway that has the private key of the server: it read "for the server alone"';
    return works(network.received.length === 0, what);
  },
};
