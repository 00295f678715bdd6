// SPDX-License-Identifier: Apache-2.0

/** `--scenario bridge`: a service group behind two gateways, and what one of its members says to it over CPNS-4. */
import { ADMINISTRATOR, deliverAll, startWithGroup } from './acts.ts';
import { startApplication } from './application.ts';
import { Speaker } from './speaker.ts';
import type { Stage } from './stage.ts';
import type { Story } from './story.ts';

const GATEWAYS = Object.freeze(['gateway-1', 'gateway-2'] as const);
const [NEAR, FAR] = GATEWAYS;
/** Another one of the same server. */
const UNGRANTED = 'gateway-3';

export async function tellBridge(stage: Stage, story: Story): Promise<void> {
  await startBridged(stage);
  await stage.says(NEAR, 'bridge-refused', { reason: 'notAuthorized' });
  story.step(NEAR, `refuses ${UNGRANTED}, to which nobody has granted a bridge: notAuthorized`);
  await stage.says(FAR, 'consent-required', { gateway: NEAR });
  story.step(NEAR, `agrees on CPNS-4 with ${FAR}, and waits for consent: nothing passes yet`);

  const ids = stage.pneIds;
  const reach = new Map(ids.map((id, index) => [id, [GATEWAYS[index % 2]!]]));
  const group = await startWithGroup(stage, story, reach);
  const [own, ...others] = ids;
  const at = (gateway: string) => others.filter((id) => reach.get(id)!.includes(gateway as never));
  const speaker = new Speaker(stage, story, group, await startApplication(stage));
  await speaker.begin(own!, GATEWAYS);

  await speaker.say('by the server', others);
  await speaker.sayWithoutServer('before consent', at(NEAR));
  await consent(stage);
  story.step(ADMINISTRATOR, `consents to the bridge at ${NEAR}`);
  await speaker.sayWithoutServer('by the bridge', others);
  await speaker.say('by both', others);
  await deliverAll(stage, story, ids);
  speaker.count('readBehindTheSameGateway', at(NEAR));
  speaker.count('readBehindTheOther', at(FAR));
}

/**
 * The first waits for bridges, the others come to it. Each starts anew once all is stored that it has to know of the
 * others: one that is refused tries again much later.
 */
async function startBridged(stage: Stage): Promise<void> {
  await stage.startServer();
  for (const name of [NEAR, FAR, UNGRANTED]) await stage.startGateway(name);
  for (const name of [FAR, UNGRANTED]) {
    await stage.admin(NEAR, 'add-gateway', stage.credentialPath(name));
    await stage.admin(name, 'add-gateway', stage.credentialPath(NEAR));
  }
  await stage.admin(NEAR, 'bridge-openness', 'ask');
  await stage.admin(NEAR, 'grant-gateway', FAR, '--bridges', '1');
  await stage.admin(FAR, 'grant-gateway', NEAR, '--bridges', '1');
  await stage.restartGateway(NEAR, '--bridge-listen', '127.0.0.1:0');
  const { port } = stage.eventsOf(NEAR, 'bridges')[0]!.facts;
  for (const name of [FAR, UNGRANTED]) await stage.restartGateway(name, '--bridge', `ws://127.0.0.1:${port}`);
}

/** To the one question that there is. */
async function consent(stage: Stage): Promise<void> {
  await stage.says(NEAR, 'consent-asked', { subject: FAR });
  const { number } = stage.eventsOf(NEAR, 'consent-asked', { subject: FAR })[0]!.facts;
  await stage.whenDone(() => stage.admin(NEAR, 'consent', String(number)), [{ at: FAR, event: 'consented' }]);
}
