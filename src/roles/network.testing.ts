// SPDX-License-Identifier: Apache-2.0

/**
 * Test code: one PNE, a gateway and a server joined by links in memory, with a tap on CPNS-1 where a test
 * may alter, drop, repeat or reorder what passes. Messages move only when `settle` is called.
 */
import { createNobleProvider } from '../crypto/noble/provider.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import type { After } from '../link/timer.ts';
import type { ReasonName } from '../refusal.ts';
import { createSession, type Session } from '../session/session.ts';
import { createGateway } from './gateway.ts';
import { createPne, type Pne } from './pne.ts';
import { createServer, type Server } from './server.ts';

export type Tap = (message: Uint8Array, towards: 'gateway' | 'pne') => readonly Uint8Array[];

export interface TestNetwork {
  readonly pne: Pne;
  readonly server: Server;
  readonly received: { readonly id: number; readonly payload: Uint8Array; readonly value: unknown }[];
  readonly contents: unknown[];
  readonly receipts: { readonly id: number; readonly accepted: boolean }[];
  readonly refusals: { readonly at: 'pne' | 'gateway' | 'server'; readonly reason: ReasonName }[];
  /** What passes on CPNS-1; replaceable by the test. */
  tap: Tap;
  linkUp(): void;
  linkDown(): void;
  /** Delivers one message, or all that are under way and what they cause. */
  settle(): void;
  /** Lets the PNE's running timers fire. */
  fireTimers(): void;
  /** Puts a message on CPNS-1 as an attacker on the air could. */
  inject(message: Uint8Array, towards: 'gateway' | 'pne'): void;
}

export const PNE_ID = 'pne-1';
const PNE_KID = Uint8Array.of(1);
const SERVER_KID = Uint8Array.of(2);

export function createTestNetwork(algorithm: number, secret = new Uint8Array(16).fill(7)): TestNetwork {
  const queue: (() => void)[] = [];
  const timers = new Set<() => void>();
  let pneEnd: LinkEvents | undefined;
  let gatewayEnd: LinkEvents | undefined;

  const after: After = (_milliseconds, callback) => {
    timers.add(callback);
    return { cancel: () => void timers.delete(callback) };
  };

  const network: TestNetwork = {
    received: [],
    contents: [],
    receipts: [],
    refusals: [],
    tap: (message) => [message],
    pne: createPne({
      pneId: PNE_ID,
      session: testSession(algorithm, secret, PNE_KID, SERVER_KID),
      after,
      firstReadingId: 0,
      onContent: (value) => network.contents.push(value),
      onReceipt: (id, accepted) => network.receipts.push({ id, accepted }),
      onRefused: (reason) => network.refusals.push({ at: 'pne', reason }),
    }),
    server: createServer({
      peers: [{ pneId: PNE_ID, kid: PNE_KID, session: testSession(algorithm, secret, SERVER_KID, PNE_KID) }],
      onRegistered(): void {},
      onReading: (_pneId, id, payload, value) => network.received.push({ id, payload, value }),
      onRefused: (reason) => network.refusals.push({ at: 'server', reason }),
    }),
    linkUp(): void {
      gatewayEnd = gateway.attachPne(cpns1('pne'));
      pneEnd = network.pne.attach(cpns1('gateway'));
    },
    linkDown(): void {
      const ends = [pneEnd, gatewayEnd];
      pneEnd = undefined;
      gatewayEnd = undefined;
      for (const end of ends) end?.onClosed();
    },
    settle(): void {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) next();
    },
    fireTimers(): void {
      const due = [...timers];
      timers.clear();
      for (const callback of due) callback();
    },
    inject(message: Uint8Array, towards: 'gateway' | 'pne'): void {
      (towards === 'pne' ? pneEnd : gatewayEnd)?.onMessage(message);
    },
  };

  const gateway = createGateway({ onRefused: (reason) => network.refusals.push({ at: 'gateway', reason }) });
  joinGatewayAndServer();
  return network;

  function cpns1(towards: 'gateway' | 'pne'): Link {
    return memoryLink((message) => {
      for (const passed of network.tap(message, towards)) queue.push(() => network.inject(passed, towards));
    });
  }

  function joinGatewayAndServer(): void {
    const toServer = memoryLink((message) => queue.push(() => serverEvents.onMessage(message)));
    const toGateway = memoryLink((message) => queue.push(() => gatewayEvents.onMessage(message)));
    const gatewayEvents = gateway.attachServer(toServer);
    const serverEvents = network.server.attachGateway(toGateway);
  }
}

function memoryLink(send: (message: Uint8Array) => void): Link {
  return { mtu: 8192, send: (message) => send(message.slice()), close(): void {} };
}

function testSession(
  algorithm: number,
  secret: Uint8Array,
  senderId: Uint8Array,
  recipientId: Uint8Array,
): Session {
  const provider = createNobleProvider(() => {
    throw new Error('a record needs no randomness');
  });
  const masterSecret = provider.secret(secret);
  const context = { provider, algorithm, masterSecret, masterSalt: new Uint8Array(8), senderId, recipientId };
  return createSession(context, { firstSequenceNumber: 0, reserve(): void {} });
}
