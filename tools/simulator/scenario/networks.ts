// SPDX-License-Identifier: Apache-2.0

/** `--scenario networks`: PNEs set up PNs of each type, choose another, and release their own. */
import type { Wish } from '../../../src/roles/service-message.ts';
import {
  chooseNetwork,
  listNetworks,
  networksIn,
  referenceIn,
  releaseNetwork,
  setUpNetwork,
} from '../../../src/roles/service-wishes.ts';
import { deliverAll } from './acts.ts';
import { Asker, wishFor } from './asker.ts';
import type { Stage } from './stage.ts';
import type { Story } from './story.ts';

const REFUSALS = 3;

export async function tellNetworks(stage: Stage, story: Story): Promise<void> {
  const [first, second, third] = stage.pneIds as [string, string, string];
  const asker = new Asker(stage, story);
  await asker.begin();
  await asker.lacks(
    first,
    'asks for a PN, without a grant for it',
    wishFor(setUpNetwork('own')),
    'notAuthorized',
  );
  await asker.grant('pn-setup,pn-choose,pn-join,pn-release', listNetworks());

  const own = await setUp(asker, first, 'asks for a PN of itself and its gateway', setUpNetwork('own'));
  const listing = `asks for a PN of itself and of ${third}, which it lists`;
  const listed = await setUp(asker, second, listing, setUpNetwork('listed', [third]));
  story.count('listed', (await asker.membersOf(listed)).length, 2);
  await asker.lacks(
    third,
    'asks for a PN, and is in one already',
    wishFor(setUpNetwork('another')),
    'networkTaken',
  );

  const found = await asker.get(third, 'asks which PNs there are', listNetworks(), (answer) => {
    const { entries } = networksIn(answer);
    return [
      entries,
      entries.map(({ name, isMember }) => `${name}${isMember ? ', which it is in' : ''}`).join('; '),
    ];
  });
  const { reference: chosen } = found.find(({ isMember, mayChoose }) => mayChoose && !isMember)!;
  await asker.has(third, `chooses ${chosen === own ? 'own' : 'another'}`, wishFor(chooseNetwork(chosen)));
  story.count('inOwn', (await asker.membersOf(own)).length, 2);
  story.count('inListed', (await asker.membersOf(listed)).length, 1);

  for (const [pne, reference] of [
    [first, own],
    [second, listed],
  ] as const)
    await asker.has(pne, 'releases its PN', wishFor(releaseNetwork(reference)));
  const paired = 'asks for a PN of all that are at its gateway';
  const all = await setUp(asker, first, paired, setUpNetwork('paired', 'paired'));
  story.count('paired', (await asker.membersOf(all)).length, stage.pneIds.length);
  await asker.lacks(
    second,
    'releases that PN, which is not its own',
    wishFor(releaseNetwork(all)),
    'notOwner',
  );
  await asker.has(first, 'releases it', wishFor(releaseNetwork(all)));

  await deliverAll(stage, story, stage.pneIds);
  story.count('refused', asker.refused, REFUSALS);
  story.count('left', await asker.count(), 0);
}

function setUp(asker: Asker, pne: string, what: string, wish: Wish): Promise<number> {
  return asker.get(pne, what, wish, (answer) => {
    const made = referenceIn(answer);
    return [made, `PN ${made}`];
  });
}
