// SPDX-License-Identifier: Apache-2.0

/** What happens in more than one scenario. */
import { SERVER, type Stage } from './stage.ts';
import { type Story, StoryFailed } from './story.ts';

/** Whoever administers server and gateways. */
export const ADMINISTRATOR = 'administrator';

/** PNEs, each with the gateways in its reach. */
export type Reach = ReadonlyMap<string, readonly string[]>;

/** Starts PNEs, and resolves once they have registered. Returns their names. */
export async function startPnes(stage: Stage, story: Story, reach: Reach): Promise<string[]> {
  for (const [id, gateways] of reach) await stage.startPne(id, gateways);
  const ids = [...reach.keys()];
  await stage.comeIn(...ids);
  story.step(SERVER, `knows ${ids.join(', ')}`);
  return ids;
}

/** The same, and makes a service group of them. Returns its reference: all have its key. */
export async function startWithGroup(stage: Stage, story: Story, reach: Reach): Promise<number> {
  const ids = await startPnes(stage, story, reach);
  const group = await createGroup(stage, ids);
  story.step(SERVER, `group everyone: ${ids.join(', ')} have its key`);
  return group;
}

/** Makes a service group, or a PN, of these PNEs. Returns its reference: all have its key. */
export async function createGroup(stage: Stage, ids: readonly string[], action = 'create'): Promise<number> {
  const [created = ''] = await stage.admin(SERVER, 'group', action, 'everyone', ...ids);
  const group = Number.parseInt(created, 10);
  for (const pne of ids) await stage.says(SERVER, 'group-key', { group, pne });
  return group;
}

/** Some more readings of each of these arrive. */
export async function arriveFrom(stage: Stage, ids: readonly string[], count: number): Promise<void> {
  const due = new Map(ids.map((id) => [id, stage.arrivals.of(id) + count]));
  const isThere = (id: string) => stage.arrivals.of(id) >= due.get(id)!;
  await stage.until(() => ids.every(isThere), `${count} more readings of ${ids.join(', ')}`);
}

/** These PNEs come to an end, and what they were given is counted: confirmed, lost, and doubled at the server. */
export async function deliverAll(stage: Stage, story: Story, ids: readonly string[]): Promise<void> {
  const pnes = ids.map((id) => stage.pnes.get(id)!);
  for (const pne of pnes) pne.end();
  await stage.until(() => pnes.every(({ figures }) => figures.done), `every receipt of ${ids.join(', ')}`);
  const sum = (of: (pne: (typeof pnes)[number]) => number) => pnes.reduce((all, pne) => all + of(pne), 0);
  const given = sum((pne) => pne.given);
  const lost = () => sum((pne) => stage.arrivals.missing(pne.id, pne.given));
  await stage.until(() => lost() === 0, `all of ${given} readings`).catch(orLost);
  const confirmed = sum(({ figures }) => figures.accepted);
  const { doubled } = stage.arrivals;
  story.step(
    SERVER,
    `has ${given - lost()} of ${given} readings: ${confirmed} confirmed, ${lost()} lost, ${doubled} doubled`,
  );
  story.count('confirmed', confirmed, given);
  story.count('lost', lost(), 0);
  story.count('doubled', doubled, 0);
}

/** What has not come by now is lost. */
function orLost(error: unknown): void {
  if (!(error instanceof StoryFailed)) throw error;
}
