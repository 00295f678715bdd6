// SPDX-License-Identifier: Apache-2.0

import { issueGrant } from '../shown-grants.ts';
import type { Attack } from './attack.ts';
import { grantNetwork, secondsNow } from './grants.ts';
import { works } from './messages.ts';

const AGO_S = 60;

export const expiredGrant: Attack = {
  name: 'expired-grant',
  title: 'Expired grant',
  does: `A device shows the gateway a grant of its own that has ended ${AGO_S} s ago.`,
  clause: 'expiry',
  async strike(attempt) {
    const { target } = attempt;
    const exp = secondsNow() - AGO_S;
    const grant = target.issue(target.visitor.credential, { exp });
    await attempt.connect({ hop: { grant: () => grant } });
    return attempt.refusal('CPNS-1', [`exp ${exp}, shown at ${secondsNow()}`]);
  },
  async control() {
    const exp = secondsNow() - AGO_S;
    const { network, issuer } = grantNetwork(() => exp - 1);
    const { pne } = network.identities;
    const grant = issueGrant(issuer, pne.credential, { exp });
    const probe = network.connect({ hop: { grant: () => grant } });
    probe.pne.report('too late');
    await network.arrival('too late');
    network.close();
    return works(probe.hasAgreed('CPNS-1'), 'a gateway whose clock has stopped: it let the device in');
  },
};
