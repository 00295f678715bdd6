// SPDX-License-Identifier: Apache-2.0

/** `--scenario revocation`: a PNE loses its grants and its keys while it sends. */
import { ADMINISTRATOR, arriveFrom, deliverAll, startWithGroup } from './acts.ts';
import { type Said, SERVER, type Stage } from './stage.ts';
import type { Story } from './story.ts';

const GATEWAY = 'gateway';
/** Readings of each PNE that show that it goes on. */
const SOME = 5;

export async function tellRevocation(stage: Stage, story: Story): Promise<void> {
  const ids = stage.pneIds;
  const [revoked, others] = [ids.at(-1)!, ids.slice(0, -1)];
  await stage.startServer();
  await stage.startGateway(GATEWAY);
  const group = await startWithGroup(stage, story, new Map(ids.map((id) => [id, [GATEWAY]])));
  await arriveFrom(stage, ids, SOME);
  story.step(SERVER, `has readings of ${ids.join(', ')}`);

  await stage.admin(SERVER, 'revoke', revoked);
  const moment = Date.now();
  story.step(ADMINISTRATOR, `revokes ${revoked}: what it was granted, and its keys`);
  for (const at of [SERVER, GATEWAY]) await stage.says(at, 'revoked', { pne: revoked });
  const first = await firstRefusal(stage, { pne: revoked, reason: 'notAuthorized' });
  story.step(first, `refuses the next record of ${revoked}: notAuthorized`);
  await stage.says(SERVER, 'group-key', { group }, ids.length + others.length);
  story.step(SERVER, `has given the group a new key: ${others.join(', ')} have it`);

  const isRefused = { event: 'refused', facts: { reason: 'notAuthorized' } };
  await stage.whenDone(() => stage.pnes.get(revoked)!.startAgain(), [{ at: GATEWAY, ...isRefused }]);
  story.step(GATEWAY, `does not let ${revoked} in when it is switched off and on: notAuthorized`);
  const before = stage.count(SERVER, 'refused', { pne: revoked, reason: 'notAuthorized' });
  await stage.admin(GATEWAY, 'grant', revoked);
  story.step(
    ADMINISTRATOR,
    `grants ${revoked} anew, at the gateway alone, as one that does not obey its server`,
  );
  await comeIn(stage, revoked);
  await stage.says(SERVER, 'refused', { pne: revoked, reason: 'notAuthorized' }, before + 1);
  story.step(SERVER, `refuses ${revoked} itself: notAuthorized`);
  await arriveFrom(stage, others, SOME);
  story.step(SERVER, `has further readings of ${others.join(', ')}`);
  await deliverAll(stage, story, others);
  const accepted = stage.arrivals.after(revoked, moment);
  story.step(SERVER, `has accepted ${accepted} readings of ${revoked} since it was revoked`);
  story.count('acceptedAfterRevocation', accepted, 0);
}

/** Where a record was refused first: by whoever heard of the revocation first. The PNE says no more after that. */
async function firstRefusal(stage: Stage, facts: Said['facts']): Promise<string> {
  const where = () => [GATEWAY, SERVER].find((at) => stage.count(at, 'refused', facts) > 0);
  await stage.until(() => where() !== undefined, `a refusal of ${facts.pne}`);
  return where()!;
}

/** Switches the PNE off and on until the gateway lets it in: it may come before the gateway knows of its grant. */
async function comeIn(stage: Stage, pne: string): Promise<void> {
  const tried = () => stage.count(GATEWAY, 'agreed', { pne }) + stage.count(GATEWAY, 'refused');
  const agreed = stage.count(GATEWAY, 'agreed', { pne });
  while (stage.count(GATEWAY, 'agreed', { pne }) === agreed) {
    const before = tried();
    await stage.pnes.get(pne)!.startAgain();
    await stage.until(() => tried() > before, `${pne} at the gateway`);
  }
}
