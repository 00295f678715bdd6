// SPDX-License-Identifier: Apache-2.0

/** Whoever sits between a gateway and its server is noticed by nobody while it changes nothing. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Link, LinkEvents } from '../../../src/link/link.ts';
import type { Listener } from '../../../src/node/tcp.ts';
import { connectWebSocket, listenWebSocket } from '../../../src/node/websocket.ts';
import { listenRelay } from './relay.ts';
import { LinkTap } from './tap.ts';
import { until } from './until.ts';

const test = suite('simulator/attacks/relay');
const PATIENCE_MS = 10_000;

/** One end of a link, and what it has heard. */
class Ear {
  readonly heard: string[] = [];
  link: Link | undefined;
  isClosed = false;
  private readonly greeting: string | undefined;

  constructor(greeting?: string) {
    this.greeting = greeting;
  }

  readonly adopt = (link: Link): LinkEvents => {
    this.link = link;
    if (this.greeting !== undefined) this.say(this.greeting);
    return {
      onMessage: (message) => this.heard.push(Buffer.from(message).toString()),
      onClosed: () => {
        this.isClosed = true;
      },
    };
  };

  say(word: string): void {
    this.link!.send(Buffer.from(word));
  }

  hears(word: string): Promise<void> {
    return until(() => this.heard.includes(word), PATIENCE_MS, word);
  }

  closes(): Promise<void> {
    return until(() => this.isClosed, PATIENCE_MS, 'the end of the link');
  }
}

interface Scene {
  readonly gateway: Ear;
  readonly server: Ear;
  readonly tap: LinkTap;
  readonly listener: Listener;
}

/** A gateway that speaks first, as its handshake does. */
async function withRelay(work: (scene: Scene) => Promise<void>): Promise<void> {
  const [gateway, server, tap] = [new Ear('first'), new Ear(), new LinkTap()];
  const listener = await listenWebSocket(0, server.adopt);
  const relay = await listenRelay(`ws://127.0.0.1:${listener.port}`, tap);
  await connectWebSocket(`ws://127.0.0.1:${relay.port}`, gateway.adopt);
  try {
    await work({ gateway, server, tap, listener });
  } finally {
    await relay.close();
    await listener.close();
  }
}

test('what a gateway says before the server is reached arrives, and an answer to it', () =>
  withRelay(async ({ gateway, server }) => {
    await server.hears('first');
    server.say('answer');
    await gateway.hears('answer');
    assert.equal([server.heard, gateway.heard], [['first'], ['answer']]);
  }));

test('what is put on the link arrives at the end that it is for', () =>
  withRelay(async ({ gateway, server, tap }) => {
    await server.hears('first');
    tap.inject(Buffer.from('to the server'), 'up');
    tap.inject(Buffer.from('to the gateway'), 'down');
    await Promise.all([server.hears('to the server'), gateway.hears('to the gateway')]);
  }));

test('an end that closes its link closes that of the other', async () => {
  await withRelay(async ({ gateway, server }) => {
    await server.hears('first');
    gateway.link!.close();
    await server.closes();
  });
  await withRelay(async ({ gateway, server }) => {
    await server.hears('first');
    server.link!.close();
    await gateway.closes();
  });
});

test('a gateway whose server is not there loses its link', async () => {
  const nobody = await listenWebSocket(0, new Ear().adopt);
  await nobody.close();
  const gateway = new Ear();
  const relay = await listenRelay(`ws://127.0.0.1:${nobody.port}`, new LinkTap());
  await connectWebSocket(`ws://127.0.0.1:${relay.port}`, gateway.adopt);
  await gateway.closes();
  await relay.close();
});

test.run();
