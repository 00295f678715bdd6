// SPDX-License-Identifier: Apache-2.0

/** Some of the gateways of a load, in a process that can be killed: the program `pne-runtime gateway`, as often. */
import { DEFAULT_PN } from '../../src/authorization/membership.ts';
import { ccsCredential } from '../../src/handshake/credential.ts';
import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { enrolAll } from '../../src/node/devices.ts';
import { grantMembership } from '../../src/node/grants.ts';
import { startGatewayProgram } from '../../src/node/programs/gateway.ts';
import { createLog } from '../../src/node/programs/log.ts';
import { createMetrics } from '../../src/node/programs/metrics.ts';
import { openState } from '../../src/node/programs/state.ts';
import { serve } from './child.ts';

export interface GatewayPlace {
  readonly state: string;
  readonly name: string;
  readonly port: number;
}

const provider = createNodeProvider();
const say = createLog(
  'text',
  () => {},
  () => new Date(),
);

export type GatewaysApi = typeof handlers;

const handlers = {
  /** Enrols its devices, and grants them what they need. Returns the gateway's credential. */
  async fill({ state, name, devices }: GatewayPlace & { readonly devices: readonly Uint8Array[] }) {
    const { identity, store } = await openState(provider, state, name, {});
    const credentials = devices.map(ccsCredential);
    await enrolAll(store, credentials);
    await Promise.all(
      credentials.map(({ subject }) => grantMembership(store, subject!, DEFAULT_PN, Number.MAX_SAFE_INTEGER)),
    );
    await store.close();
    return identity.credential.cred;
  },

  async start({ gateways, server, serverCredential }: StartOptions): Promise<void> {
    for (const { state, name, port } of gateways) {
      const metrics = createMetrics(say);
      await startGatewayProgram(
        {
          ...{ state, name, server, listen: `127.0.0.1:${port}`, 'server-credential': serverCredential },
          ...{
            store: '',
            bluetooth: '',
            bridge: '',
            'bridge-listen': '',
            pairing: 'just-works',
            ipsec: '',
            'sealing-key': '',
            metrics: '',
            page: '',
            log: 'text',
          },
        },
        {
          provider,
          log: metrics.log,
          metrics,
          onBroken: () => process.kill(process.pid, 'SIGKILL'),
          onFailed: () => process.exit(1),
        },
      );
    }
  },
};

interface StartOptions {
  readonly gateways: readonly GatewayPlace[];
  readonly server: string;
  /** The path of its file. */
  readonly serverCredential: string;
}

serve(handlers);
