// SPDX-License-Identifier: Apache-2.0

import type { Attack } from './attack.ts';
import { startAgain } from './clone.ts';
import { works } from './messages.ts';
import { SmallNetwork } from './small-network.ts';
import type { Refused } from './target.ts';
import { victimOf } from './victim.ts';

export const rollback: Attack = {
  name: 'rollback',
  title: 'Roll a store back',
  does: 'Puts an old copy of its flash back into a PNE, so that it uses its numbers a second time.',
  clause: 'clones',
  async strike(attempt) {
    const { subject } = (await victimOf(attempt.target)).credential;
    const pne = subject!;
    await attempt.target.rollBack(pne);
    const lines = [`${pne} has started from the copy; it goes on under numbers that it never had`];
    const isIt = (refused: Refused) => refused.reason === 'epochBehind' && refused.pne === pne;
    return attempt.refusal('CPNS-3', lines, isIt);
  },
  async control() {
    const network = new SmallNetwork();
    await startAgain(network, 'under an old number');
    network.close();
    return works(
      network.refusals.length === 0,
      'a server that was rolled back with it has nothing to compare: it took a reading under an old number',
    );
  },
};
