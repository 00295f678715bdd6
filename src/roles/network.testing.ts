// SPDX-License-Identifier: Apache-2.0

/**
 * Test code: one PNE, a gateway and a server joined by links in memory, with a tap on CPNS-1 where a test
 * may alter, drop, repeat or reorder what passes. Messages move only when `settle` is called.
 */
import { Curve } from '../crypto/curves.ts';
import { createNobleProvider } from '../crypto/noble/provider.ts';
import type { PrivateKey } from '../crypto/provider.ts';
import { ccsCredential, encodeCcs, type Identity } from '../handshake/credential.ts';
import { createRandom } from '../handshake/test-fixture.ts';
import { PLAIN_STREAM } from '../link/attestation.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import type { After } from '../link/timer.ts';
import type { RoleName } from '../negotiation/policies.ts';
import type { ReasonName } from '../refusal.ts';
import { createGateway } from './gateway.ts';
import { type Agreement, type InterfaceOptions, p256Interface } from './interface.ts';
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
  readonly agreements: { readonly at: RoleName; readonly agreement: Agreement }[];
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

export interface TestNetworkOptions {
  /** COSE algorithms that the server's records may use. */
  readonly algorithms?: readonly number[];
  /** Changes what an entity brings to an interface. */
  readonly change?: (options: InterfaceOptions, role: RoleName) => InterfaceOptions;
  /** Makes the PNE sign on with a key that its credential does not name. */
  readonly stolenName?: boolean;
}

export function createTestNetwork(options: TestNetworkOptions = {}): TestNetwork {
  const { change = (own) => own } = options;
  const queue: (() => void)[] = [];
  const timers = new Set<() => void>();
  let pneEnd: LinkEvents | undefined;
  let gatewayEnd: LinkEvents | undefined;

  const after: After = (_milliseconds, callback) => {
    timers.add(callback);
    return { cancel: () => void timers.delete(callback) };
  };

  const [pne, gateway, server] = identities(options.stolenName === true);
  const ends = {
    pneHop: p256Interface('pne', 'CPNS-1', PROVIDER, pne, [gateway.credential]),
    pneEndToEnd: p256Interface('pne', 'CPNS-3', PROVIDER, pne, [server.credential]),
    gatewayHop: p256Interface('gateway', 'CPNS-1', PROVIDER, gateway, [pne.credential]),
    serverEndToEnd: p256Interface('server', 'CPNS-3', PROVIDER, server, [pne.credential]),
  };

  const network: TestNetwork = {
    received: [],
    contents: [],
    receipts: [],
    refusals: [],
    agreements: [],
    tap: (message) => [message],
    pne: createPne({
      pneId: PNE_ID,
      hop: change(ends.pneHop, 'pne'),
      endToEnd: change(ends.pneEndToEnd, 'pne'),
      after,
      readingIds: { firstSequenceNumber: 0, reserve(): void {} },
      onAgreed: (agreement) => network.agreements.push({ at: 'pne', agreement }),
      onContent: (value) => network.contents.push(value),
      onReceipt: (id, accepted) => network.receipts.push({ id, accepted }),
      onRefused: (reason) => network.refusals.push({ at: 'pne', reason }),
    }),
    server: createServer({
      endToEnd: change(withAlgorithms(ends.serverEndToEnd, options.algorithms), 'server'),
      after,
      firstContentId: 0,
      onAgreed: (agreement) => network.agreements.push({ at: 'server', agreement }),
      onRegistered(): void {},
      onReading: (_pneId, id, payload, value) => network.received.push({ id, payload, value }),
      onRefused: (reason) => network.refusals.push({ at: 'server', reason }),
    }),
    linkUp(): void {
      gatewayEnd = gatewayRole.attachPne(cpns1('pne'));
      pneEnd = network.pne.attach(cpns1('gateway'));
    },
    linkDown(): void {
      const open = [pneEnd, gatewayEnd];
      pneEnd = undefined;
      gatewayEnd = undefined;
      for (const end of open) end?.onClosed();
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

  const gatewayRole = createGateway({
    hop: change(ends.gatewayHop, 'gateway'),
    after,
    onAgreed: (agreement) => network.agreements.push({ at: 'gateway', agreement }),
    onRefused: (reason) => network.refusals.push({ at: 'gateway', reason }),
  });
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
    const gatewayEvents = gatewayRole.attachServer(toServer);
    const serverEvents = network.server.attachGateway(toGateway);
  }
}

const PROVIDER = createNobleProvider(createRandom(1));

function memoryLink(send: (message: Uint8Array) => void): Link {
  return {
    mtu: 8192,
    send: (message) => send(message.slice()),
    attestation: () => PLAIN_STREAM,
    close(): void {},
  };
}

function withAlgorithms(own: InterfaceOptions, algorithms: readonly number[] | undefined): InterfaceOptions {
  return algorithms === undefined ? own : { ...own, algorithms };
}

/** PNE, gateway and server, in this order. */
function identities(stolenName: boolean): [Identity, Identity, Identity] {
  const [pne, gateway, server, thief] = Array.from({ length: 4 }, () => PROVIDER.generateKey(Curve.P256));
  const own = identity(pne!, PNE_ID, 1);
  return [
    stolenName ? { ...own, privateKey: thief! } : own,
    identity(gateway!, 'gateway', 2),
    identity(server!, 'server', 3),
  ];
}

function identity(privateKey: PrivateKey, subject: string, kid: number): Identity {
  const { curve, publicKey } = privateKey;
  const ccs = encodeCcs({ curve, publicKey, kid: Uint8Array.of(kid) }, subject);
  return { privateKey, credential: ccsCredential(ccs) };
}
