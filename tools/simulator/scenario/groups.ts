// SPDX-License-Identifier: Apache-2.0

/** `--scenario groups`: a service group from its creation to its last member, by what PNEs ask for. */
import { NewsType } from '../../../firmware/orders/news-message.ts';
import { OrderKind } from '../../../firmware/orders/order-message.ts';
import {
  createGroup,
  discoverGroups,
  groupsIn,
  referenceIn,
  removeMember,
  transferGroup,
} from '../../../src/roles/service-wishes.ts';
import { deliverAll } from './acts.ts';
import { Asker, wishFor } from './asker.ts';
import type { Stage } from './stage.ts';
import type { Story } from './story.ts';

const NAME = 'lights';
const SERVICE = 'lighting';
const REFUSALS = 2;

export async function tellGroups(stage: Stage, story: Story): Promise<void> {
  const ids = stage.pneIds;
  const [first, second, third] = ids as [string, string, string];
  const asker = new Asker(stage, story);
  await asker.begin();
  const create = createGroup(NAME, SERVICE);
  await asker.lacks(first, 'asks for a group, without a grant for it', wishFor(create), 'notAuthorized');
  const may = 'group-create,group-own,group-discover,group-join,group-transfer,group-remove';
  await asker.grant(may, discoverGroups());

  const group = await asker.get(first, `asks for a group ${NAME} for ${SERVICE}`, create, (answer) => {
    const made = referenceIn(answer);
    return [made, `group ${made}`];
  });
  for (const id of ids.slice(1)) await join(asker, id);
  story.count('joined', (await asker.membersOf(group)).length, ids.length);

  await asker.has(first, `hands group ${group} on to ${second}`, wishFor(transferGroup(group, second)));
  await isTold(stage, story, third, second);
  const remove = wishFor(removeMember(group, third));
  await asker.lacks(first, `removes ${third}, and owns the group no more`, remove, 'notOwner');
  await asker.has(second, `removes ${third}`, remove);
  await asker.has(first, `leaves group ${group}`, { kind: OrderKind.leave, reference: group });
  story.count('left', (await asker.membersOf(group)).length, ids.length - 2);
  await deliverAll(stage, story, ids);
  story.count('refused', asker.refused, REFUSALS);
}

async function join(asker: Asker, pne: string): Promise<void> {
  const what = `asks which groups there are for ${SERVICE}`;
  const reference = await asker.get(pne, what, discoverGroups(0, SERVICE), (answer) => {
    const { entries } = groupsIn(answer);
    const found = entries.find(({ name, mayJoin }) => name === NAME && mayJoin)!;
    return [found.reference, `${found.name}, group ${found.reference}, which it may join`];
  });
  await asker.has(pne, `joins group ${reference}`, { kind: OrderKind.join, reference });
}

async function isTold(stage: Stage, story: Story, pne: string, owner: string): Promise<void> {
  const { told } = stage.pnes.get(pne)!;
  const isNews = () => told.some((each) => each.type === NewsType.notice && each.owner === owner);
  await stage.until(isNews, `${pne} is told of the new owner`);
  story.step(pne, `is told that ${owner} owns the group`);
}
