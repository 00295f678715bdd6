// SPDX-License-Identifier: Apache-2.0

/** PNEs whose users have them ask the server: each wish is a step, with what the server decided. */
import type { OrderAnswer } from '../../../firmware/orders/news-message.ts';
import { type Order, OrderKind } from '../../../firmware/orders/order-message.ts';
import { isPersonalNetwork } from '../../../src/keys/reference.ts';
import type { Wish } from '../../../src/roles/service-message.ts';
import { Status } from '../../../src/roles/status.ts';
import { ADMINISTRATOR, startPnes } from './acts.ts';
import { SERVER, type Stage } from './stage.ts';
import { type Story, StoryFailed } from './story.ts';

const GATEWAY = 'gateway';
const MOST_PROBES = 1000;

export class Asker {
  /** Wishes that the server refused. */
  refused = 0;
  private readonly stage: Stage;
  private readonly story: Story;

  constructor(stage: Stage, story: Story) {
    this.stage = stage;
    this.story = story;
  }

  /** A server, a gateway, and PNEs that are registered and have been granted nothing to ask for. */
  async begin(): Promise<void> {
    const { stage, story } = this;
    await stage.startServer();
    await stage.startGateway(GATEWAY);
    await startPnes(stage, story, new Map(stage.pneIds.map((id) => [id, [GATEWAY]])));
  }

  /** `probe`: what it may ask for from then on, and not before. */
  async grant(may: string, probe: Wish): Promise<void> {
    const { stage, story } = this;
    await stage.admin(SERVER, 'grant', ...stage.pneIds, '--may', may);
    story.step(ADMINISTRATOR, `grants ${stage.pneIds.join(', ')} ${may}`);
    for (const id of stage.pneIds) await this.granted(id, probe);
  }

  /** The server has read of it. */
  private async granted(pne: string, probe: Wish): Promise<void> {
    for (let tries = 0; tries < MOST_PROBES; tries += 1)
      if ((await this.done(pne, wishFor(probe))).status === Status.ok) return;
    throw new StoryFailed(`${pne} may not do what it was granted`);
  }

  /** It is done. `read` says in words what came of it. */
  async get<Result>(
    pne: string,
    what: string,
    wish: Wish,
    read: (answer: OrderAnswer) => readonly [Result, string],
  ): Promise<Result> {
    const answer = await this.done(pne, wishFor(wish));
    if (answer.status !== Status.ok)
      throw new StoryFailed(`${pne} ${what}: refused, ${nameOf(answer.status)}`);
    const [result, words] = read(answer);
    this.story.step(pne, `${what}: ${words}`);
    return result;
  }

  /** The same of what has no result. */
  async has(pne: string, what: string, order: Order): Promise<void> {
    const { status } = await this.done(pne, order);
    if (status !== Status.ok) throw new StoryFailed(`${pne} ${what}: refused, ${nameOf(status)}`);
    this.story.step(pne, `${what}: done`);
  }

  /** The server has to refuse it so. */
  async lacks(pne: string, what: string, order: Order, due: keyof typeof Status): Promise<void> {
    const { status } = await this.done(pne, order);
    if (status !== Status[due]) throw new StoryFailed(`${pne} ${what}: ${nameOf(status)}, and not ${due}`);
    this.refused += 1;
    this.story.step(pne, `${what}: ${SERVER} refuses, ${due}`);
  }

  /** Who is in a PN or group, as the server lists them. */
  async membersOf(reference: number): Promise<string[]> {
    const lines = await this.stage.admin(SERVER, 'group', 'list');
    const line = lines.find((each) => each.startsWith(`${reference} `));
    const members = line?.split('  ').at(-1)?.split(' ') ?? [];
    const kind = isPersonalNetwork(reference) ? 'PN' : 'group';
    this.story.step(SERVER, `${kind} ${reference} is of ${members.join(', ')}`);
    return members;
  }

  /** How many PNs and groups there are. */
  async count(): Promise<number> {
    const lines = await this.stage.admin(SERVER, 'group', 'list');
    return lines.filter((line) => /^\d/.test(line)).length;
  }

  private async done(pne: string, order: Order): Promise<OrderAnswer> {
    let answer: OrderAnswer | undefined;
    void this.stage.pnes
      .get(pne)!
      .user.order(order)
      .then((given) => {
        answer = given;
      });
    await this.stage.until(() => answer !== undefined, `an answer to ${pne}`);
    if (answer!.reason !== 0) throw new StoryFailed(`${pne} was not answered: ${answer!.reason}`);
    return answer!;
  }
}

/** The order to ask for it. */
export function wishFor(wish: Wish): Order {
  return { kind: OrderKind.wish, ...wish };
}

function nameOf(status: number): string {
  const names = Object.keys(Status) as (keyof typeof Status)[];
  return names.find((name) => Status[name] === status) ?? String(status);
}
