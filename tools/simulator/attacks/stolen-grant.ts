// SPDX-License-Identifier: Apache-2.0

import { issueGrant } from '../shown-grants.ts';
import type { Attack } from './attack.ts';
import { grantNetwork, secondsNow } from './grants.ts';
import { works } from './messages.ts';
import { victimOf } from './victim.ts';

const HOUR_S = 3600;

export const stolenGrant: Attack = {
  name: 'stolen-grant',
  title: 'Stolen grant',
  does: 'A device that may do nothing shows the gateway a grant that it has taken from a PNE.',
  clause: 'subject',
  async strike(attempt) {
    const { target } = attempt;
    const { credential: owner } = await victimOf(target);
    const grant = target.issue(owner, { exp: secondsNow() + HOUR_S });
    await attempt.connect({ hop: { grant: () => grant } });
    return attempt.refusal('CPNS-1', [`bound to the key of ${owner.subject}, shown under another`]);
  },
  async control() {
    const { network, issuer } = grantNetwork(secondsNow);
    const { pne } = network.identities;
    const grant = issueGrant(issuer, pne.credential, { exp: secondsNow() + HOUR_S });
    const thief = network.connect({ identity: pne, hop: { grant: () => grant } });
    thief.pne.report('from the thief');
    await network.arrival('from the thief');
    network.close();
    return works(thief.hasAgreed('CPNS-1'), 'a thief who has the private key too: the gateway let it in');
  },
};
