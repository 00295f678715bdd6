// SPDX-License-Identifier: Apache-2.0

/** Test code: every port of the programs that strangers reach, by what it is called. */
import { writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { DEFAULT_PN } from '../../authorization/membership.ts';
import { ImplementationLimits } from '../../limits.ts';
import { joinStream } from '../../link/stream.ts';
import { NodeLimits } from '../../node-limits.ts';
import { compactPayloads } from '../../payload/compact.ts';
import { staticDhInterface } from '../../roles/interface.ts';
import { createPne } from '../../roles/pne.ts';
import { TEST_TLS } from '../certificate.testing.ts';
import { createNodeProvider } from '../crypto/provider.ts';
import { enrol } from '../devices.ts';
import { grantMembership } from '../grants.ts';
import { startHttpEntity } from '../http-entity.ts';
import { newIdentity } from '../identity.ts';
import { until } from '../listener.testing.ts';
import { PageFeed } from '../page/feed.ts';
import { servePage } from '../page/server.ts';
import { scratchFolder } from '../scratch.testing.ts';
import { after } from '../timer.ts';
import { readConfig } from './config.ts';
import { Deployment, type Said, testContext } from './deployment.testing.ts';
import { GATEWAY_OPTIONS, startGatewayProgram } from './gateway.ts';
import { bridgePort, HTTP, type Port, serverPort } from './hostile.testing.ts';
import { createMetrics } from './metrics.ts';
import { openState } from './state.ts';

const provider = createNodeProvider();
const HELLO = Uint8Array.of(0x16, 3, 1);
const FRAME = Uint8Array.of(0, 100, 1);

async function tlsPort(): Promise<Port> {
  const folder = scratchFolder();
  const [cert, key] = [join(folder, 'cert'), join(folder, 'key')];
  writeFileSync(cert, TEST_TLS.cert);
  writeFileSync(key, TEST_TLS.key, { mode: 0o600 });
  return { ...(await serverPort('--tls-cert', cert, '--tls-key', key)), beginning: HELLO };
}

async function pnePort(): Promise<Port> {
  const deployment = await Deployment.start([]);
  const state = join(scratchFolder(), 'gateway');
  const { identity, store } = await openState(provider, state, 'gateway-1', {});
  const visitor = newIdentity(provider, 'visitor');
  await enrol(store, visitor.credential);
  await grantMembership(store, 'visitor', DEFAULT_PN, 2 ** 40);
  await store.close();
  await deployment.admin('add-gateway', join(state, 'credential'));
  const said: Said[] = [];
  const { serverUrl, serverCredentialPath } = deployment;
  const args = ['--state', state, '--server', serverUrl, '--server-credential', serverCredentialPath];
  const { values } = readConfig(GATEWAY_OPTIONS, [...args, '--listen', '127.0.0.1:0'], {});
  const program = await startGatewayProgram(values, testContext(said));
  await until(() => said.some(({ event }) => event === 'server-there'), 'the server');
  return {
    port: program.port,
    most: NodeLimits.gatewayMaxLinks,
    beginning: FRAME,
    async serve(): Promise<void> {
      let isAgreed = false;
      const pne = createPne({
        pneId: 'visitor',
        hop: staticDhInterface('pne', 'CPNS-1', provider, visitor, [identity.credential]),
        endToEnd: staticDhInterface('pne', 'CPNS-3', provider, visitor, [identity.credential]),
        ...{ after, payloads: compactPayloads, boots: { epoch: undefined, write(): void {} } },
        onAgreed({ name }): void {
          isAgreed ||= name === 'CPNS-1';
        },
        onContent(): void {},
        onReceipt(): void {},
        onRefused(): void {},
      });
      const socket = await open(program.port);
      const stream = {
        write: (bytes: Uint8Array) => socket.write(bytes) || true,
        close: () => socket.destroy(),
      };
      const maxBytes = ImplementationLimits.pneMaxMessageBytes;
      const events = joinStream(stream, (link) => pne.attach(link), { maxBytes, after });
      socket.on('data', (bytes) => events.onBytes(bytes));
      await until(() => isAgreed, 'a PNE that comes');
      socket.destroy();
      events.onClosed();
    },
    async close(): Promise<void> {
      await program.close();
      await deployment.close();
    },
  };
}

/** One that answers `GET path`. */
function httpPort(listener: { port: number; close(): Promise<void> }, most: number, path: string): Port {
  return {
    ...listener,
    most,
    beginning: HTTP,
    serve: () =>
      new Promise((resolve, reject) => {
        const url = `http://127.0.0.1:${listener.port}${path}`;
        get(url, { agent: false }, (response) => response.resume().on('end', resolve)).on('error', reject);
      }),
  };
}

export const PORTS: Readonly<Record<string, () => Promise<Port>>> = {
  'the port of a server': () => serverPort(),
  'the port of a server with TLS': tlsPort,
  "a gateway's port for PNEs": pnePort,
  "a gateway's port for bridges": bridgePort,
  async metrics() {
    const listener = await createMetrics(() => {}).listen('127.0.0.1', 0);
    return httpPort(listener, NodeLimits.metricsMaxConnections, '/metrics');
  },
  async 'the page'() {
    const feed = new PageFeed('test', () => 0);
    const files = { '/': { type: 'text/html', content: 'page' } };
    const listener = await servePage({ feed, files, token: 'token', actions: {}, port: 0 });
    return httpPort(listener, 4 * NodeLimits.pageMaxViewers, '/');
  },
  async 'the port of http'() {
    const entity = { deliver(): void {} } as never;
    const listener = await startHttpEntity({ entity, token: 'token', host: '127.0.0.1', port: 0 });
    return httpPort(listener, NodeLimits.httpMaxConnections, '/devices');
  },
};

/** A connection that has been taken; that it may be closed at once is not its business. */
export function open(port: number): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => socket.destroy());
    socket.once('connect', () => resolve(socket));
    socket.once('close', () => resolve(socket));
    socket.resume();
  });
}
