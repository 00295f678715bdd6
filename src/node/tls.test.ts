// SPDX-License-Identifier: Apache-2.0

/** CPNS-2 left to TLS 1.3: what the link attests, and who may be between its ends. */
import { chmodSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect as connectTcp, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ImplementationLimits } from '../limits.ts';
import { PLAIN_STREAM } from '../link/attestation.ts';
import type { Link } from '../link/link.ts';
import { encodeRoute } from '../link/route.ts';
import { Confidentiality, Integrity } from '../negotiation/mechanisms.ts';
import type { ReasonName } from '../refusal.ts';
import { createGatewayLinks } from '../roles/gateway-links.ts';
import { type Agreement, staticDhInterface } from '../roles/interface.ts';
import { secureServerLink } from '../roles/server-link.ts';
import { TEST_TLS } from './certificate.testing.ts';
import { createNodeProvider } from './crypto/provider.ts';
import { newIdentity } from './identity.ts';
import { connectRaw, Owner, until } from './listener.testing.ts';
import { scratchFolder } from './scratch.testing.ts';
import { after } from './timer.ts';
import { readTlsCredentials } from './tls.ts';
import { connectWebSocket, listenWebSocket } from './websocket.ts';

const test = suite('node/tls');
const provider = createNodeProvider();
const [SERVER, GATEWAY] = [newIdentity(provider, 'server'), newIdentity(provider, 'gateway')];
const ROUTE = encodeRoute(0, Uint8Array.of(4, 1, 2, 3));

/** What one end of CPNS-2 has come to. */
interface End {
  readonly agreements: Agreement[];
  readonly refusals: ReasonName[];
  readonly received: Uint8Array[];
  routes: Link | undefined;
}

function newEnd() {
  const end: End = { agreements: [], refusals: [], received: [], routes: undefined };
  const options = {
    after,
    onAgreed: (agreement: Agreement) => void end.agreements.push(agreement),
    onRefused: (reason: ReasonName) => void end.refusals.push(reason),
    onSecured(link: Link) {
      end.routes = link;
      return { onMessage: (route: Uint8Array) => void end.received.push(route.slice()), onClosed(): void {} };
    },
  };
  return { end, options };
}

/** A server that listens by TLS or not, and a gateway that reaches it at the URL that `between` makes of its port. */
async function joined(
  tls: typeof TEST_TLS | undefined,
  between: (port: number) => Promise<string>,
  work: (server: End, gateway: End) => Promise<void>,
): Promise<void> {
  const [server, gateway] = [newEnd(), newEnd()];
  const links = createGatewayLinks({
    ...server.options,
    own: staticDhInterface('server', 'CPNS-2', provider, SERVER, [GATEWAY.credential]),
  });
  const own = staticDhInterface('gateway', 'CPNS-2', provider, GATEWAY, [SERVER.credential]);
  const listener = await listenWebSocket(0, links.attach, after, '127.0.0.1', { tls });
  let link: Link | undefined;
  await connectWebSocket(await between(listener.port), (adopted) => {
    link = adopted;
    return secureServerLink(
      {
        ...gateway.options,
        own,
        onSeats(): void {},
        onPnKey(): void {},
        onPlaced(): void {},
        onWithdrawn(): void {},
        onAdmitted(): void {},
        onRevoked(): void {},
      },
      adopted,
    );
  });
  await work(server.end, gateway.end);
  link!.close();
  await listener.close();
}

/** Sends what comes by TLS on to a port, by what `connect` makes: somebody in the middle, with a certificate too. */
async function proxy(connect: () => Socket): Promise<{ readonly port: number; close(): void }> {
  const sockets: Socket[] = [];
  const listener: Server = createTlsServer(
    { cert: String(TEST_TLS.cert), key: String(TEST_TLS.key) },
    (near) => {
      const far = connect();
      sockets.push(near, far);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const)
        from
          .on('error', () => to.destroy())
          .on('close', () => to.destroy())
          .pipe(to);
    },
  );
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return {
    port: (listener.address() as AddressInfo).port,
    close(): void {
      for (const socket of sockets) socket.destroy();
      listener.close();
    },
  };
}

test('both ends of a connection attest TLS with one exporter value, and of another one with another', async () => {
  const [server, gateway] = [new Owner(), new Owner()];
  const listener = await listenWebSocket(0, server.adopt, after, '127.0.0.1', { tls: TEST_TLS });
  for (let count = 0; count < 2; count += 1)
    await connectWebSocket(`wss://127.0.0.1:${listener.port}`, gateway.adopt);
  await server.opened(2);
  const shown = [...server.links, ...gateway.links].map((link) => link.attestation());
  const bindings = shown.map(({ channelBinding }) => channelBinding!.join());
  assert.equal(bindings.slice(0, 2), bindings.slice(2));
  assert.is.not(bindings[0], bindings[1]);
  for (const { kind, encrypted, authenticated, keySize } of shown)
    assert.equal([kind, encrypted, authenticated, keySize], ['tls', true, false, 32]);
  for (const link of gateway.links) link.close();
  await listener.close();
});

test('integrity and confidentiality of CPNS-2 are left to TLS, authentication is not, and routes pass', async () => {
  const direct = async (port: number) => `wss://127.0.0.1:${port}`;
  await joined(TEST_TLS, direct, async (server, gateway) => {
    await until(() => gateway.routes !== undefined, 'a secured link');
    for (const { choice, method, linkKind } of [server.agreements[0]!, gateway.agreements[0]!]) {
      assert.equal([method, linkKind], [3, 'tls']);
      assert.is(choice.toResponder.integrity, Integrity.delegated);
      assert.is(choice.toInitiator.confidentiality, Confidentiality.delegated);
      assert.is(choice.toResponder.recordAlgorithm, undefined);
    }
    gateway.routes!.send(ROUTE);
    await until(() => server.received.length === 1, 'the route');
    server.routes!.send(ROUTE);
    await until(() => gateway.received.length === 1, 'the route');
  });
});

test('somebody with a TLS connection to either end is found out: the channels are two', async () => {
  let middle: Awaited<ReturnType<typeof proxy>> | undefined;
  const throughMiddle = async (port: number) => {
    middle = await proxy(() => connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false }));
    return `wss://127.0.0.1:${middle.port}`;
  };
  await joined(TEST_TLS, throughMiddle, async (server, gateway) => {
    await until(() => server.refusals.length > 0 && gateway.refusals.length > 0, 'both refusals');
    assert.equal([...new Set(server.refusals)], ['channelMismatch']);
    assert.equal([server.agreements, gateway.agreements, gateway.routes], [[], [], undefined]);
    middle!.close();
  });
});

test('behind a proxy that ends TLS records protect what passes', async () => {
  let before: Awaited<ReturnType<typeof proxy>> | undefined;
  const throughProxy = async (port: number) => {
    before = await proxy(() => connectTcp(port, '127.0.0.1'));
    return `wss://127.0.0.1:${before.port}`;
  };
  await joined(undefined, throughProxy, async (server, gateway) => {
    await until(() => gateway.routes !== undefined, 'a secured link');
    assert.is(server.agreements[0]!.choice.toResponder.integrity, Integrity.tag128);
    gateway.routes!.send(ROUTE);
    await until(() => server.received.length === 1, 'the route');
    before!.close();
  });
});

test('TLS 1.2 is refused, at either end', async () => {
  const server = new Owner();
  const listener = await listenWebSocket(0, server.adopt, after, '127.0.0.1', { tls: TEST_TLS });
  const old = connectTls({
    ...{ host: '127.0.0.1', port: listener.port },
    ...{ maxVersion: 'TLSv1.2', rejectUnauthorized: false },
  });
  await new Promise((resolve) => old.once('error', resolve));
  const oldServer = createTlsServer({
    cert: String(TEST_TLS.cert),
    key: String(TEST_TLS.key),
    maxVersion: 'TLSv1.2',
  });
  await new Promise<void>((resolve) => oldServer.listen(0, '127.0.0.1', resolve));
  const { port } = oldServer.address() as AddressInfo;
  const failure = await connectWebSocket(`wss://127.0.0.1:${port}`, server.adopt).catch(
    (error: Error) => error,
  );
  assert.instance(failure, Error);
  assert.equal(server.links, []);
  oldServer.close();
  await listener.close();
});

test('a connection on which nobody begins TLS ends in time, one that has become a link does not', async () => {
  const [server, gateway] = [new Owner(), new Owner()];
  const listener = await listenWebSocket(0, server.adopt, server.time.after, '127.0.0.1', { tls: TEST_TLS });
  const silent = await connectRaw(listener.port);
  await connectWebSocket(`wss://127.0.0.1:${listener.port}`, gateway.adopt);
  await server.opened(1);
  const closed = new Promise((resolve) => silent.once('close', resolve));
  server.time.pass(ImplementationLimits.linkOpeningMs);
  await closed;
  assert.is(server.open, 1);
  gateway.links[0]!.close();
  await listener.close();
});

test('a plain link attests nothing', async () => {
  const [server, gateway] = [new Owner(), new Owner()];
  const listener = await listenWebSocket(0, server.adopt);
  await connectWebSocket(`ws://127.0.0.1:${listener.port}`, gateway.adopt);
  await server.opened(1);
  assert.equal(server.links[0]!.attestation(), PLAIN_STREAM);
  assert.equal(gateway.links[0]!.attestation(), PLAIN_STREAM);
  gateway.links[0]!.close();
  await listener.close();
});

test('a key that everybody can read, and what is no key, is refused, with what to do', () => {
  const [cert, key] = ['cert', 'key'].map((name) => join(scratchFolder(), name)) as [string, string];
  writeFileSync(cert, TEST_TLS.cert);
  writeFileSync(key, TEST_TLS.key);
  chmodSync(key, 0o644);
  assert.throws(() => readTlsCredentials(cert, key), /can be read by everybody: chmod o= /);
  chmodSync(key, 0o640);
  assert.throws(() => readTlsCredentials(key, cert), /can be read by everybody/);
  chmodSync(cert, 0o640);
  assert.throws(() => readTlsCredentials(key, cert), /no certificate and its key in PEM/);
  assert.equal(readTlsCredentials(cert, key), TEST_TLS);
});

test.run();
