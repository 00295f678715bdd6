// SPDX-License-Identifier: Apache-2.0

/** `--scenario keys`: how a PNE comes to its user key and, under that, to the key of a group. */
import { USER_KEY } from '../../../src/keys/reference.ts';
import { createGroup, deliverAll } from './acts.ts';
import { KeyTalk } from './key-talk.ts';
import { SERVER, type Stage } from './stage.ts';
import type { Story } from './story.ts';

const GATEWAY = 'gateway';

export async function tellKeys(stage: Stage, story: Story): Promise<void> {
  const talk = new KeyTalk();
  stage.observe(SERVER, talk.ofServer);
  stage.observe(GATEWAY, talk.ofGateway);
  await stage.startServer();
  await stage.startGateway(GATEWAY);
  for (const id of stage.pneIds) await assignUserKey(stage, story, talk, id);
  await assignGroupKey(stage, story, talk);
  await deliverAll(stage, story, stage.pneIds);
  story.step(
    GATEWAY,
    `has passed on ${talk.relayed} of ${talk.count} messages about keys, and read ${talk.read} of them`,
  );
  story.count('relayed', talk.relayed, talk.count);
  story.count('readByTheGateway', talk.read, 0);
}

/** One after the other: what is said meanwhile is of this PNE. */
async function assignUserKey(stage: Stage, story: Story, talk: KeyTalk, pne: string): Promise<void> {
  const { asked } = talk;
  const [given, proved] = [talk.given(USER_KEY).length, talk.proved(USER_KEY)];
  await stage.startPne(pne, [GATEWAY]);
  await stage.comeIn(pne);
  await stage.says(GATEWAY, 'agreed', { pne });
  story.step(pne, `and ${GATEWAY} prove themselves on CPNS-1`);
  await stage.says(SERVER, 'agreed', { pne });
  story.step(pne, `and ${SERVER} prove themselves on CPNS-3, through the gateway`);
  await stage.until(() => talk.asked > asked, `${pne} asks for its keys`);
  story.step(pne, 'asks within CPNS-3 for its keys, and has none');
  await stage.until(() => talk.given(USER_KEY).length > given, `the user key of ${pne}`);
  const { epoch, bytes } = talk.given(USER_KEY).at(-1)!;
  story.step(SERVER, `gives ${pne} its user key, epoch ${epoch}, wrapped in ${bytes} bytes`);
  await stage.until(() => talk.proved(USER_KEY) > proved, `${pne} has its user key`);
  story.step(pne, 'shows that it has it');
}

/** Under each member's user key. */
async function assignGroupKey(stage: Stage, story: Story, talk: KeyTalk): Promise<void> {
  const ids = stage.pneIds;
  const group = await createGroup(stage, ids);
  const { epoch, bytes } = talk.given(group).at(-1)!;
  story.step(
    SERVER,
    `gives ${ids.join(', ')} the key of a group, epoch ${epoch}, in ${bytes} bytes under their user keys`,
  );
}
