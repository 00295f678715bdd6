// SPDX-License-Identifier: Apache-2.0

import type { Identity } from '../../../src/handshake/credential.ts';
import type { Attack } from './attack.ts';
import type { Attempt } from './attempt.ts';
import { works } from './messages.ts';
import { PATIENCE_MS, SmallNetwork } from './small-network.ts';
import type { Refused } from './target.ts';
import { happens } from './until.ts';
import { victimOf } from './victim.ts';

/** The PNE comes back each time, after a pause that grows. */
const TRIES = 10;

export const clone: Attack = {
  name: 'clone',
  title: 'Clone a device',
  does: 'Copies the store of a PNE, private key included, and speaks for that PNE to its gateway and its server.',
  clause: 'clones',
  /** The copy is from before the PNE's last start, so that it counts its own as the same. */
  async strike(attempt) {
    const identity = await victimOf(attempt.target);
    const pne = identity.credential.subject!;
    const isIt = ({ reason }: Refused) => reason === 'epochBehind';
    const isFound = () => attempt.refusals.some(isIt);
    for (let tries = 0; tries < TRIES && !isFound(); tries += 1) await speakAs(attempt, identity, isFound);
    const refused = await attempt.refusal(
      'CPNS-3',
      [`the copy has secured CPNS-1 and CPNS-3 as ${pne}`],
      isIt,
    );
    await attempt.target.restart(pne);
    const word = `${pne} would have made new keys within half a minute; it was started again, to go on at once`;
    return { ...refused, lines: [...refused.lines, word] };
  },
  async control() {
    const network = new SmallNetwork();
    await startAgain(network, 'from the copy');
    network.close();
    return works(
      network.refusals.length === 0,
      'a server that has lost its store knows of no start: it took a reading from the copy',
    );
  },
};

/** Until it is found out, or has lost its place to the PNE itself. */
async function speakAs(attempt: Attempt, identity: Identity, isFound: () => boolean): Promise<void> {
  const copy = await attempt.connect({ identity });
  copy.pne.report('from the copy');
  // It would count on from what it is told.
  attempt.atEnd(
    attempt.target.onRefused(() => {
      if (isFound()) copy.close();
    }),
  );
  await happens(() => isFound() || copy.isClosed, PATIENCE_MS);
}

/** The PNE delivers; then its server loses its store, and somebody starts with a store from before. */
export async function startAgain(network: SmallNetwork, value: string): Promise<void> {
  const first = network.connect();
  first.pne.report('before');
  await network.arrival('before');
  first.close();
  network.replaceServer();
  const second = network.connect();
  second.pne.report(value);
  await network.arrival(value);
}
