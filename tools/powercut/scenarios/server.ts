// SPDX-License-Identifier: Apache-2.0

/** The server's process ends at each of its commits, before it is made or after, while a PNE sends and gets contents. */
import type { ServerStore } from '../../../src/roles/server-store.ts';
import { Violation } from '../../chaos/violation.ts';
import { CutMedium } from '../cut-medium.ts';
import { CutNetwork } from '../network.ts';
import type { Outcome, Scenario } from '../scenario.ts';

const READINGS = 3;

export const server: Scenario = Object.freeze({
  name: 'server',
  run(seed: number): Outcome {
    const commits = live(seed, undefined);
    const failed: string[] = [];
    let points = 0;
    for (let at = 0; at < commits; at++)
      for (const isMade of [false, true]) {
        points += 1;
        try {
          live(seed, { at, isMade });
        } catch (error) {
          if (!(error instanceof Violation)) throw error;
          failed.push(`server, seed ${seed}, commit ${at}${isMade ? ' made' : ''}: ${error.message}`);
        }
      }
    return { points, failed };
  },
});

/** Returns how many commits there were. */
function live(seed: number, cut: { readonly at: number; readonly isMade: boolean } | undefined): number {
  const network = new CutNetwork(new CutMedium(), seed);
  const { database } = network.server;
  const open = database.open.bind(database);
  let commits = 0;
  database.open = (): ServerStore => {
    const store = open();
    return {
      ...store,
      commit(...commit): void {
        const isCut = cut !== undefined && commits === cut.at;
        commits += 1;
        if (!isCut) return store.commit(...commit);
        if (cut.isMade) {
          const [pneId, record, readings] = commit;
          database.store(pneId, record, readings);
        }
        network.restartServer();
      },
    };
  };
  network.restartServer();
  network.settle();
  network.device.start();
  network.settle();
  for (let i = 0; i < READINGS; i++) {
    network.device.report();
    network.server.deliver(network.device.pneId);
  }
  network.settle();
  const made = commits;
  network.check();
  return made;
}
