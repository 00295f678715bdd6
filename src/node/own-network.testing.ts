// SPDX-License-Identifier: Apache-2.0

/** Test code: a server, gateways and devices as an application author makes them, on loopback. */
import type { Credential } from '../handshake/credential.ts';
import type { After } from '../link/timer.ts';
import type { ReasonName } from '../refusal.ts';
import { encodeProvisioning } from '../roles/provisioning.ts';
import type { DecidedWish } from '../roles/service-desk.ts';
import { createNodeProvider } from './crypto/provider.ts';
import { type MemberDevice, type MemberDeviceOptions, startDevice } from './device.ts';
import { type DeviceFolder, openDeviceFolder } from './device-folder.ts';
import { type NewIdentity, newIdentity } from './identity.ts';
import type { DeviceNotice, GroupContent } from './member.ts';
import { type SimpleGateway, startOwnGateway } from './own-gateway.ts';
import { type SimpleServer, startOwnServer } from './own-server.ts';
import { scratchFolder } from './scratch.testing.ts';
import { after } from './timer.ts';

/** A device, and what it was told. */
export interface OwnDevice {
  readonly name: string;
  readonly folder: DeviceFolder;
  readonly device: MemberDevice;
  readonly contents: GroupContent[];
  readonly members: [number, boolean][];
  readonly notices: DeviceNotice[];
  readonly refusals: ReasonName[];
}

/** A clock that goes faster, of a device that would wait long where nobody answers. */
export const hurried: After = (ms, work) => after(ms / 20, work);

const provider = createNodeProvider();

export class OwnNetwork {
  server!: SimpleServer;
  readonly gateways = new Map<string, SimpleGateway>();
  readonly wishes: DecidedWish[] = [];
  /** Where PNs have moved that devices asked for. */
  readonly moved: string[] = [];
  readonly readings: [string, unknown][] = [];
  readonly own = newIdentity(provider, 'server');
  private readonly identities = new Map<string, NewIdentity>();
  /** Why gateways let a device in no more, or refused what it said. */
  readonly refusals: ReasonName[] = [];
  private readonly devices: OwnDevice[] = [];
  private readonly agreed: [string, string][] = [];

  /** With these gateways, and devices that know the first of them. */
  static async start(gateways: readonly string[], devices: readonly string[]): Promise<OwnNetwork> {
    const network = new OwnNetwork();
    for (const name of [...gateways, ...devices]) network.identities.set(name, newIdentity(provider, name));
    const known = devices.map((name) => network.credential(name));
    network.server = await startOwnServer({
      ...{ provider, identity: network.own, port: 0, devices: known },
      gateways: gateways.map((name) => network.credential(name)),
      onReading: (pne, { value }) => network.readings.push([pne, value]),
      onSwitch: ({ gateway }, { ok }) => ok && network.moved.push(gateway),
      onWish: (wish) => network.wishes.push(wish),
    });
    for (const name of gateways) await network.startGateway(name, known);
    return network;
  }

  async startGateway(name: string, devices: readonly Credential[]): Promise<void> {
    let come = () => {};
    const isThere = new Promise<void>((resolve) => {
      come = resolve;
    });
    const gateway = await startOwnGateway({
      ...{ provider, devices, port: 0, serverCredential: this.own.credential },
      identity: this.identities.get(name)!,
      server: `ws://127.0.0.1:${this.server.port}`,
      onAgreed: ({ name: of, peer }) => of === 'CPNS-1' && this.agreed.push([name, peer.subject!]),
      onRefused: (reason) => this.refusals.push(reason),
      onServerLink: (here) => here && come(),
    });
    this.gateways.set(name, gateway);
    await isThere;
  }

  /** Devices whose newest agreement on CPNS-1 is with this gateway. */
  at(gateway: string): string[] {
    const newest = new Map(this.agreed.map(([at, device]) => [device, at]));
    return [...newest].filter(([, at]) => at === gateway).map(([device]) => device);
  }

  newDevice(name: string): Credential {
    this.identities.set(name, newIdentity(provider, name));
    return this.credential(name);
  }

  credential(name: string): Credential {
    return this.identities.get(name)!.credential;
  }

  startDevice(
    name: string,
    { folder = openDeviceFolder(provider, scratchFolder()), ...more }: Partial<MemberDeviceOptions> = {},
  ): OwnDevice {
    const [contents, members, notices, refusals] = [[], [], [], []] as [
      GroupContent[],
      [number, boolean][],
      DeviceNotice[],
      ReasonName[],
    ];
    const device = startDevice({
      ...{ provider, folder, provisioning: this.provisioning(name) },
      onGroupContent: (content) => contents.push(content),
      onMember: (...of) => members.push(of),
      onNotice: (notice) => notices.push(notice),
      onRefused: (reason) => refusals.push(reason),
      ...more,
    });
    const own = { name, folder, device, contents, members, notices, refusals };
    this.devices.push(own);
    return own;
  }

  async close(): Promise<void> {
    for (const { device } of this.devices) device.close();
    for (const gateway of this.gateways.values()) await gateway.close();
    await this.server.close();
  }

  private provisioning(name: string): Uint8Array {
    const { credential, privateKeyBytes } = this.identities.get(name)!;
    const [first, gateway] = [...this.gateways][0]!;
    return encodeProvisioning({
      pneId: name,
      gatewayAddress: '127.0.0.1',
      gatewayPort: gateway.port,
      privateKey: privateKeyBytes,
      ownCcs: credential.cred,
      gatewayCcs: this.credential(first).cred,
      serverCcs: this.own.credential.cred,
    });
  }
}

export async function withNetwork(
  gateways: readonly string[],
  devices: readonly string[],
  work: (network: OwnNetwork) => Promise<void>,
): Promise<void> {
  const network = await OwnNetwork.start(gateways, devices);
  try {
    await work(network);
  } finally {
    await network.close();
  }
}
