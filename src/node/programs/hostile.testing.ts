// SPDX-License-Identifier: Apache-2.0

/** Test code: ports of the programs that are attacked, each with somebody who is to be served there. */
import { join } from 'node:path';
import { gatewayScope } from '../../authorization/gateway-access.ts';
import { DEFAULT_PN } from '../../authorization/membership.ts';
import { createCredentialStore } from '../../handshake/credential.ts';
import { ImplementationLimits } from '../../limits.ts';
import { NodeLimits } from '../../node-limits.ts';
import { startBridges } from '../bridges.ts';
import { enrol, GATEWAYS } from '../devices.ts';
import { startExternalEntity } from '../external-entity.ts';
import { GATEWAY_GRANTS, grantScope } from '../grants.ts';
import { newIdentity, openIdentity } from '../identity.ts';
import { Owner, until } from '../listener.testing.ts';
import { scratchFolder } from '../scratch.testing.ts';
import { connectWebSocket } from '../websocket.ts';
import { readConfig } from './config.ts';
import { Deployment, type Said, testContext } from './deployment.testing.ts';
import { GATEWAY_OPTIONS, startGatewayProgram } from './gateway.ts';
import { openState } from './state.ts';

/** One port that is attacked. */
export interface Port {
  readonly port: number;
  /** Connections that it holds at most, of whichever kind. */
  readonly most: number;
  /** How what comes there begins, as far as that is worth nothing yet. */
  readonly beginning: Uint8Array;
  /** Resolves when somebody who comes now is served. */
  serve(): Promise<void>;
  close(): Promise<void>;
}

export const HTTP = Buffer.from('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ');

/** A gateway that is there passes readings on, and another one is let in. */
export async function serverPort(...options: string[]): Promise<Port> {
  const deployment = await Deployment.start(['pne-1'], ...options);
  const [pne] = deployment.pnes;
  let served = 0;
  return {
    port: Number(new URL(deployment.serverUrl).port),
    most: ImplementationLimits.serverMaxGateways + NodeLimits.listenerMaxOpening,
    beginning: HTTP,
    async serve(): Promise<void> {
      await connectWebSocket(deployment.serverUrl, new Owner().adopt);
      pne!.report(served);
      served += 1;
      await until(() => pne!.accepted.length >= served, 'a reading of a PNE that was there before');
    },
    close: () => deployment.close(),
  };
}

/** An external entity comes, and is told of the PNE that it may read. */
export async function entityPort(): Promise<Port> {
  const deployment = await Deployment.start(['pne-1']);
  const folder = await deployment.addEntity('reader', '--read', 'all');
  const { provider } = testContext();
  const identity = openIdentity(provider, join(folder, 'identity'), 'reader');
  const ofServer = openIdentity(provider, join(deployment.folder, 'server/identity'), '');
  return {
    port: Number(new URL(deployment.serverUrl).port),
    most: NodeLimits.serverMaxEntities,
    beginning: HTTP,
    async serve(): Promise<void> {
      const devices: string[] = [];
      const entity = startExternalEntity({
        ...{ provider, identity, server: deployment.serverUrl, follows: true },
        serverCredential: ofServer.credential,
        onReading: (_reading, taken) => taken(),
        onDropped: (_dropped, taken) => taken(),
        onDevice: (pneId) => void devices.push(pneId),
        onServer(): void {},
        onAgreed(): void {},
        onRefused(): void {},
        onServerUnreachable(): void {},
      });
      await until(() => devices.includes('pne-1'), 'an external entity that comes');
      entity.close();
    },
    close: () => deployment.close(),
  };
}

/** Another gateway, which has a grant, has a bridge. Its server is not needed for that. */
export async function bridgePort(): Promise<Port> {
  const context = testContext();
  const { provider } = context;
  const folder = join(scratchFolder(), 'hall');
  const { identity, store } = await openState(provider, folder, 'hall', {});
  const attic = newIdentity(provider, 'attic');
  await enrol(store, attic.credential, GATEWAYS);
  const scope = gatewayScope({ takes: [], bridges: [DEFAULT_PN] });
  await grantScope(store, GATEWAY_GRANTS, 'attic', scope, 2 ** 40);
  await store.close();
  const said: Said[] = [];
  const nobody = ['--server', 'ws://127.0.0.1:9', '--server-credential', join(folder, 'credential')];
  const args = ['--state', folder, '--listen', '127.0.0.1:0', '--bridge-listen', '127.0.0.1:0', ...nobody];
  const program = await startGatewayProgram(readConfig(GATEWAY_OPTIONS, args, {}).values, testContext(said));
  const port = Number(said.find(({ event }) => event === 'bridges')!.facts.port);
  return {
    port,
    most: NodeLimits.gatewayMaxBridges + NodeLimits.listenerMaxOpening,
    beginning: HTTP,
    async serve(): Promise<void> {
      let isAgreed = false;
      const bridges = await startBridges({
        ...{ provider, identity: attic, gateways: createCredentialStore([identity.credential]) },
        urls: [`ws://127.0.0.1:${port}`],
        decide: () => ({ kind: 'permit' }),
        ask(): void {},
        onContent(): void {},
        onWaiting(): void {},
        onAgreed(): void {
          isAgreed = true;
        },
        onRefused(): void {},
        onUnreachable(): void {},
      });
      await until(() => isAgreed, 'a bridge that comes');
      await bridges.close();
    },
    close: () => program.close(),
  };
}
