// SPDX-License-Identifier: Apache-2.0

/** What becomes of a member of a group: it joins, gets new keys, leaves, and has all of them taken. */
import { CUT, GroupNetwork, type GroupNetwork as Network, OTHER } from '../group-network.ts';
import { onDevice } from '../run.ts';
import type { Scenario } from '../scenario.ts';

const LIGHTS = 2;

interface Case {
  readonly name: string;
  /** Whether the device is a member before. */
  readonly isMember: boolean;
  run(network: Network): void;
}

const CASES: readonly Case[] = [
  { name: 'group join', isMember: false, run: ({ own }) => own.join(LIGHTS) },
  { name: 'update', isMember: true, run: ({ keys }) => keys.add(LIGHTS, OTHER) },
  {
    name: 'rekey',
    isMember: true,
    run: ({ keys }) => {
      keys.rekey(LIGHTS);
      keys.rekey(LIGHTS);
    },
  },
  { name: 'leave', isMember: true, run: ({ own }) => own.leave(LIGHTS) },
  { name: 'revocation', isMember: true, run: ({ keys }) => keys.revoke(CUT) },
];

export const groups: readonly Scenario[] = CASES.map(({ name, isMember, run }) =>
  onDevice({
    name,
    prepare(medium, seed) {
      const network = new GroupNetwork(medium, seed);
      const members = name === 'update' ? [CUT] : isMember ? [CUT, OTHER] : [OTHER];
      network.keys.create({ kind: 'service', name: 'lights', members });
      network.keys.create({ kind: 'pn', name: 'home', members: [CUT, OTHER] });
      network.settle();
      return {
        run(): void {
          run(network);
          network.settle();
        },
        restart: () => network.restart(),
        check: () => network.check(LIGHTS),
        content: (of) => network.content(of),
      };
    },
  }),
);
