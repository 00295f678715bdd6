// SPDX-License-Identifier: Apache-2.0

/** IPsec as it is: strongSwan at two ends, each in a network namespace, ESP and policies in the kernel. */
import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createIpsecWitness } from '../../../../../src/node/ipsec/witness.ts';
import type { EvidenceName } from '../evidence.ts';
import type { IpsecPath } from '../ipsec-path.ts';
import { connectionConfig, daemonConfig, type SwanEnd } from './config.ts';
import { Namespace } from './namespace.ts';

const DAEMON = '/usr/sbin/charon-systemd';
const CLIENT = '/usr/sbin/swanctl';
const SECRET_BYTES = 32;
const START_MS = 20_000;
const LOOK_MS = 50;

/** Why this machine cannot have it, as far as that is known before it is tried. */
export function whyNoStrongSwan(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'network namespaces need root';
  if (!existsSync(DAEMON) || !existsSync(CLIENT))
    return 'strongSwan is not installed (apt-get install charon-systemd strongswan-swanctl)';
  return undefined;
}

interface End extends SwanEnd {
  readonly namespace: Namespace;
  readonly config: string;
  readonly device: string;
}

/** Rejects with what failed. Nothing of the machine is changed: all of it goes with the two processes. */
export async function openStrongSwan(folder: string, without: EvidenceName | undefined): Promise<IpsecPath> {
  const endOf = (name: string, address: string): End => ({
    ...{ name, address, device: name, namespace: new Namespace() },
    viciPath: join(folder, `${name}.vici`),
    config: join(folder, `${name}.conf`),
  });
  const gateway = endOf('gateway', '10.9.0.1');
  const server = endOf('server', '10.9.0.2');
  const closeBoth = () => Promise.all([gateway, server].map(({ namespace }) => namespace.close()));
  try {
    await connectBoth(gateway, server);
    await tryEsp(gateway, server);
    for (const end of [gateway, server]) await startDaemon(end);
    if (without !== 'association') await associate(gateway, server, folder, without !== 'policy');
    const listener = await server.namespace.listen(server.address);
    const [ofGateway, ofServer] = [witnessAt(gateway), witnessAt(server)];
    return {
      ...{ isStandIn: false, serverHost: server.address, gateway: ofGateway, server: ofServer, listener },
      description:
        "IPsec between PN GW and CPNS Server is strongSwan's, with this kernel's ESP, in two network namespaces",
      dial: (host, port) => gateway.namespace.connect(host, port),
      async close(): Promise<void> {
        ofGateway.close();
        ofServer.close();
        await closeBoth();
      },
    };
  } catch (error) {
    await closeBoth();
    throw error;
  }
}

/** By a pair of virtual Ethernet devices. */
async function connectBoth(gateway: End, server: End): Promise<void> {
  const pair = ['peer', 'name', server.device, 'netns', String(server.namespace.pid)];
  // It answers once it is there, and so is its namespace.
  await server.namespace.run('true');
  await gateway.namespace.run('ip', 'link', 'add', gateway.device, 'type', 'veth', ...pair);
  for (const { namespace, device, address } of [gateway, server]) {
    await namespace.run('ip', 'address', 'add', `${address}/24`, 'dev', device);
    await namespace.run('ip', 'link', 'set', device, 'up');
    await namespace.run('ip', 'link', 'set', 'lo', 'up');
  }
}

/** A kernel may have policies and no ESP. */
async function tryEsp({ namespace, address }: End, { address: other }: End): Promise<void> {
  const key = `0x${randomBytes(20).toString('hex')}`;
  const named = ['src', address, 'dst', other, 'proto', 'esp', 'spi', '0x1000'];
  const algorithm = ['mode', 'transport', 'aead', 'rfc4106(gcm(aes))', key, '128'];
  try {
    await namespace.run('ip', 'xfrm', 'state', 'add', ...named, ...algorithm);
  } catch (error) {
    throw new Error(`this kernel has no ESP with AES-GCM (${(error as Error).message})`);
  }
  await namespace.run('ip', 'xfrm', 'state', 'delete', ...named);
}

async function startDaemon(end: End): Promise<void> {
  writeFileSync(end.config, daemonConfig(end));
  await end.namespace.startDaemon(end.config, DAEMON);
  const last = Date.now() + START_MS;
  while (!existsSync(end.viciPath)) {
    if (Date.now() > last) throw new Error(`${DAEMON} does not serve its socket`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

async function associate(gateway: End, server: End, folder: string, hasPolicies: boolean): Promise<void> {
  const secret = randomBytes(SECRET_BYTES);
  for (const [own, other] of [
    [gateway, server],
    [server, gateway],
  ] as const) {
    const file = join(folder, `${own.name}.swanctl`);
    writeFileSync(file, connectionConfig(own, other, secret, hasPolicies), { mode: 0o600 });
    await own.namespace.run(CLIENT, '--load-all', '--file', file, '--uri', `unix://${own.viciPath}`);
  }
  const uri = ['--uri', `unix://${gateway.viciPath}`];
  await gateway.namespace.run(CLIENT, '--initiate', '--child', 'cpns2', ...uri);
}

function witnessAt({ namespace, viciPath }: End) {
  return createIpsecWitness({
    viciPath,
    readPolicies: () => namespace.run('ip', '-s', 'xfrm', 'policy'),
  });
}
