// SPDX-License-Identifier: Apache-2.0

/** `--scenario switching`: a PN moves to another gateway and back, and its PNEs with it, while they send. */
import { ADMINISTRATOR, arriveFrom, createGroup, deliverAll } from './acts.ts';
import { SERVER, type Stage } from './stage.ts';
import type { Story } from './story.ts';

const GATEWAYS = Object.freeze(['gateway-1', 'gateway-2'] as const);
const [FIRST, SECOND] = GATEWAYS;
/** Readings of each PNE that show that it goes on. */
const SOME = 5;

export async function tellSwitching(stage: Stage, story: Story): Promise<void> {
  const ids = stage.pneIds;
  await stage.startServer();
  for (const name of GATEWAYS) await stage.startGateway(name);
  for (const id of ids) await stage.startPne(id, GATEWAYS);
  await stage.comeIn(...ids);
  const pn = String(await createGroup(stage, ids, 'create-pn'));
  story.step(SERVER, `PN everyone: ${ids.join(', ')} have its key, and send by ${FIRST}`);
  await arriveFrom(stage, ids, SOME);

  await ask(stage, story, pn, SECOND);
  await stage.says(SERVER, 'switch-refused', { gateway: SECOND, reason: 'notAuthorized' });
  story.step(SERVER, `leaves it where it is: ${SECOND} has no grant to take it: notAuthorized`);
  await stage.admin(SERVER, 'grant-gateway', ...GATEWAYS, '--takes', pn);
  let letIn = 0;
  for (const [former, next] of [
    [FIRST, SECOND],
    [SECOND, FIRST],
  ] as const) {
    await move(stage, story, pn, next);
    letIn += await knockAtFormer(stage, story, former, next);
  }
  await deliverAll(stage, story, ids);
  story.step(ADMINISTRATOR, `counts who was let in by a gateway that the PN had left: ${letIn}`);
  story.count('letInByTheFormer', letIn, 0);
}

function ask(stage: Stage, story: Story, pn: string, next: string): Promise<string[]> {
  story.step(ADMINISTRATOR, `asks that the PN goes to ${next}`);
  return stage.admin(SERVER, 'switch', pn, next);
}

async function move(stage: Stage, story: Story, pn: string, next: string): Promise<void> {
  const ids = stage.pneIds;
  const comeThere = ids.map((pne) => ({ at: next, event: 'agreed', facts: { pne } }));
  await stage.whenDone(async () => {
    const isSwitched = [{ at: SERVER, event: 'switched', facts: { gateway: next } }];
    await stage.whenDone(() => ask(stage, story, pn, next), isSwitched);
    story.step(SERVER, `permits it, has made the key anew, and tells the PNEs of ${next}`);
  }, comeThere);
  story.step(next, `has ${ids.join(', ')}`);
  await arriveFrom(stage, ids, SOME);
  story.step(SERVER, `has further readings of each`);
}

/** Every link is cut once, so that PNEs come by the former gateway again. Returns how many it has let in. */
async function knockAtFormer(stage: Stage, story: Story, former: string, next: string): Promise<number> {
  const before = stage.count(former, 'agreed');
  const again = stage.pneIds.map((pne) => ({ at: next, event: 'agreed', facts: { pne } }));
  const isRefused = { at: former, event: 'refused' };
  await stage.whenDone(() => {
    for (const { passage } of stage.pnes.values()) {
      passage.turnTo(stage.portOf(former));
      passage.cut();
      passage.mend();
    }
  }, [isRefused, ...again]);
  story.step(former, `ends the link of each that comes by there again; they are back at ${next}`);
  return stage.count(former, 'agreed') - before;
}
