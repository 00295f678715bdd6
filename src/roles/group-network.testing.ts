// SPDX-License-Identifier: Apache-2.0

/**
 * Test code: PNEs with sealed stores at several gateways, and a server with groups. What passes on either side of a
 * gateway a test may alter, drop, keep and repeat. Messages move when `settle` is called, time when `pass` is.
 */
import type { Authority } from '../authorization/authority.ts';
import { DEFAULT_PN, lastingMembership } from '../authorization/membership.ts';
import type { ServiceGrants } from '../authorization/service-access.ts';
import { Curve } from '../crypto/curves.ts';
import type { Identity } from '../handshake/credential.ts';
import { createIdentity } from '../handshake/test-fixture.ts';
import { unwrapKey } from '../keys/wrapping.ts';
import { PLAIN_STREAM } from '../link/attestation.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import { VirtualTime } from '../link/time.testing.ts';
import { compactPayloads } from '../payload/compact.ts';
import type { ReasonName } from '../refusal.ts';
import { createMemoryMedium } from '../store/medium.testing.ts';
import type { BridgeConsents } from './bridge-consents.ts';
import { createGateway, type Gateway } from './gateway.ts';
import type { GatewayBridge } from './gateway-bridge.ts';
import { type ChangeKeys, createGroupDevice, type GroupDevice, type Kept } from './group-device.testing.ts';
import { groupPermission } from './group-permission.ts';
import { type GroupServerStore, newGroupServerStore, storeOver } from './group-store.testing.ts';
import { PROVIDER } from './identities.testing.ts';
import { staticDhInterface } from './interface.ts';
import { createServerKeys } from './key-master.ts';
import { Placing, placesOf } from './placement.ts';
import { createServer, type Server } from './server.ts';
import type { ServerKeys, ServerKeysOptions } from './server-keys.ts';
import { createMemoryStore } from './server-store.ts';
import { createServiceDesk, type ServiceDesk } from './service-desk.ts';
import type { UserRegistry } from './user-desk.ts';

export interface GroupNetworkOptions {
  readonly devices: readonly string[];
  readonly gateways?: readonly string[];
  readonly permits?: ServerKeysOptions['permits'];
  readonly change?: ChangeKeys;
  readonly curve?: number;
  /** What PNEs and gateways may do with PNs and groups, where they ask by messages. */
  readonly services?: ServiceGrants;
  /** Where owners of PNs are asked for bridges. */
  readonly consents?: BridgeConsents;
  /** Where users are kept: PNEs, and the server, know of them then. */
  readonly users?: UserRegistry;
  /** Whether the server takes that, if not as the PNEs do. */
  readonly hasDesk?: boolean;
}

type Tap = (message: Uint8Array, towards: string, from: string) => readonly Uint8Array[];
const provider = PROVIDER;
/** Of the server's keys. */
export const SERVER_ROOT = provider.secret(new Uint8Array(32).fill(0x77));
const LINK_KEY = provider.secret(new Uint8Array(16).fill(5));

export class GroupNetwork {
  readonly time = new VirtualTime();
  readonly devices = new Map<string, GroupDevice>();
  readonly gateways = new Map<string, { gateway: Gateway; server: LinkEvents; up: LinkEvents }>();
  readonly store: GroupServerStore = newGroupServerStore();
  readonly read: { readonly at: string; readonly sender: number; readonly value: unknown }[] = [];
  readonly readings: { readonly pneId: string; readonly value: unknown }[] = [];
  /** Gateways that the server had something to tell of the key of a PN. */
  readonly told: string[] = [];
  readonly refusals: {
    readonly at: string;
    readonly reason: ReasonName;
    readonly pneId: string | undefined;
  }[] = [];
  /** On CPNS-1 and on CPNS-2: what shall pass in place of a message. */
  air: Tap = (message) => [message];
  relay: Tap = (message) => [message];
  server!: Server;
  keys!: ServerKeys;
  /** Of gateways that a test has joined by CPNS-4. */
  readonly bridges = new Map<string, Pick<GatewayBridge, 'send'>>();
  private readonly options: GroupNetworkOptions;
  private readonly granted: { readonly grants: Authority; readonly pn: number };
  readonly queue: (() => void)[] = [];
  private readonly identities = new Map<string, Identity>();
  private readonly peers = createMemoryStore();
  private serverLife = {};
  /** Of a server that tells PNEs where to go. */
  private placing!: Placing;
  /** Of the server that runs, where it has one. */
  protected desk: ServiceDesk | undefined;

  constructor(options: GroupNetworkOptions) {
    this.options = options;
    this.granted = { grants: lastingMembership(options.devices), pn: DEFAULT_PN };
    const { devices, gateways = ['gateway'], curve = Curve.X25519 } = options;
    [...devices, ...gateways, 'server'].forEach((name, at) => {
      this.identities.set(name, createIdentity(provider, curve, name, Uint8Array.of(at + 1)));
    });
    this.startServer();
    for (const name of gateways) this.startGateway(name);
    for (const id of devices) {
      const gateway = gateways[0]!;
      this.devices.set(id, this.newDevice(id, gateway));
      this.connect(id);
    }
    this.settle();
  }

  device(id: string): GroupDevice {
    return this.devices.get(id)!;
  }

  identity(name: string): Identity {
    return this.identities.get(name)!;
  }

  settle(): void {
    for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) next();
  }

  pass(milliseconds: number, step = 1000): void {
    for (let left = milliseconds; left > 0; left -= step) {
      this.time.pass(Math.min(left, step));
      this.settle();
    }
  }

  connect(id: string, gateway = this.device(id).gateway): void {
    const device = this.device(id);
    this.disconnect(id);
    device.gateway = gateway;
    const role = this.gateways.get(gateway)!.gateway;
    let gatewayEnd: LinkEvents | undefined;
    let pneEnd: LinkEvents | undefined;
    let isUp = true;
    const close = () => {
      if (!isUp) return;
      isUp = false;
      this.queue.push(() => {
        pneEnd?.onClosed();
        gatewayEnd?.onClosed();
        if (device.events?.onClosed === close) device.events = undefined;
      });
    };
    const end = (towards: string, from: string, to: () => LinkEvents | undefined): Link => ({
      attestation: () => PLAIN_STREAM,
      close,
      send: (message) => {
        for (const passed of this.air(message.slice(), towards, from))
          this.queue.push(() => isUp && to()?.onMessage(passed));
      },
    });
    gatewayEnd = role.attachPne(end(id, gateway, () => pneEnd));
    pneEnd = device.pne.attach(end(gateway, id, () => gatewayEnd));
    device.events = { onMessage: (message) => gatewayEnd?.onMessage(message), onClosed: close };
  }

  disconnect(id: string): void {
    const device = this.device(id);
    device.events?.onClosed();
    device.events = undefined;
    this.settle();
  }

  /** It starts anew with what it has stored; `medium` and `boot`: as a test puts them back. */
  restart(id: string, kept: Kept = this.device(id)): void {
    this.disconnect(id);
    const { gateway } = this.device(id);
    const { medium, boot } = kept;
    this.devices.set(id, this.newDevice(id, gateway, { medium: medium.restart(), boot }));
    this.connect(id);
    this.settle();
  }

  backup(id: string): Kept {
    return { medium: this.device(id).medium.restart(), boot: this.device(id).boot };
  }

  restartServer(): void {
    this.startServer();
    for (const name of [...this.gateways.keys()]) this.joinServer(name);
    for (const id of this.devices.keys()) this.connect(id);
    this.settle();
  }

  /** Its link to the server is made anew. */
  rejoin(gateway: string): void {
    this.gateways.get(gateway)!.server.onClosed();
    this.joinServer(gateway);
  }

  inject(gateway: string, message: Uint8Array, towards: 'server' | 'gateway'): void {
    const { server, up } = this.gateways.get(gateway)!;
    (towards === 'server' ? server : up).onMessage(message);
    this.settle();
  }

  private newDevice(id: string, gateway: string, kept?: Kept): GroupDevice {
    return createGroupDevice({
      ...{ id, gateway, own: this.identity(id), after: this.time.after },
      ...{ medium: createMemoryMedium(), boot: undefined, ...kept },
      gateways: this.gatewayCredentials(),
      server: this.identity('server').credential,
      change: this.options.change,
      hasServices: this.options.services !== undefined,
      hasUsers: this.options.users !== undefined,
    });
  }

  private gatewayCredentials() {
    return (this.options.gateways ?? ['gateway']).map((name) => this.identity(name).credential);
  }

  private startGateway(name: string): void {
    const known = this.options.devices.map((id) => this.identity(id).credential);
    const gateway = createGateway({
      hop: staticDhInterface('gateway', 'CPNS-1', provider, this.identity(name), known),
      after: this.time.after,
      ...this.granted,
      onGroupContent: (message) => this.bridges.get(name)?.send(message),
      onPnContent: (_reference, sender, payload) =>
        this.read.push({ at: name, sender, value: compactPayloads.decode(payload) }),
      onAgreed(): void {},
      onRefused: (reason, pneId) => this.refusals.push({ at: name, reason, pneId }),
    });
    this.gateways.set(name, { gateway, server: undefined!, up: undefined! });
    this.joinServer(name);
  }

  /** What a server states to its gateways of where PNEs are to be. */
  private changePlaces(): void {
    const places = placesOf(this.keys.groups);
    if (this.options.services === undefined) this.place(places);
    else this.placing.change(places);
  }

  private place(places = placesOf(this.keys.groups)): void {
    for (const id of this.options.devices)
      for (const [name, { gateway }] of this.gateways)
        this.queue.push(() => gateway.place(id, places.get(id)?.includes(name) ?? true));
  }

  private joinServer(name: string): void {
    const entry = this.gateways.get(name)!;
    const end = (towards: 'server' | 'gateway'): Link & { readonly name: string } => ({
      name,
      attestation: () => PLAIN_STREAM,
      close(): void {},
      send: (message) => {
        for (const passed of this.relay(message.slice(), towards, name))
          this.queue.push(() => (towards === 'server' ? entry.server : entry.up).onMessage(passed));
      },
    });
    entry.up = entry.gateway.attachServer(end('server'));
    entry.server = this.server.attachGateway(end('gateway'), this.identity(name).credential);
    this.place();
    this.settle();
  }

  private newDesk(): Pick<ServerKeysOptions, 'services'> {
    const { services: grants, hasDesk = true, consents } = this.options;
    if (grants === undefined || !hasDesk) return {};
    const gatewayCredential = (name: string) => this.identities.get(name)?.credential.cred;
    const asked = consents === undefined ? {} : { consents: () => consents };
    this.desk = createServiceDesk({ grants, gatewayCredential, ...asked });
    return { services: this.desk };
  }

  private permits(): ServerKeysOptions['permits'] {
    const { permits, services } = this.options;
    if (permits !== undefined) return permits;
    return services === undefined ? (_pneId, request) => request === 'leave' : groupPermission(services.pne);
  }

  private startServer(): void {
    const life = {};
    this.serverLife = life;
    this.keys = createServerKeys({
      provider,
      root: SERVER_ROOT,
      store: storeOver(this.store, (work) => this.queue.push(work)),
      credentialOf: (id) => this.identities.get(id)?.credential,
      ...this.newDesk(),
      permits: this.permits(),
      onGroup: () => this.changePlaces(),
      onHolder(): void {},
    });
    this.placing?.close();
    this.placing = new Placing(this.time.after, new Map(), (places) => this.place(places));
    const known = this.options.devices.map((id) => this.identity(id).credential);
    this.server = createServer({
      endToEnd: staticDhInterface('server', 'CPNS-3', provider, this.identity('server'), known),
      after: (milliseconds, callback) =>
        this.time.after(milliseconds, () => {
          if (this.serverLife === life) callback();
        }),
      store: this.peers,
      keys: this.keys,
      ...(this.options.users !== undefined && { users: this.options.users }),
      ...this.granted,
      onPnKey: (gateway, reference, epoch, wrap) => {
        const { name } = gateway as unknown as { readonly name: string };
        this.told.push(name);
        const wrapped = wrap(LINK_KEY);
        this.queue.push(() => {
          const isEnded = wrapped.length === 0;
          const key = isEnded ? undefined : unwrapKey(provider, LINK_KEY, reference, epoch, wrapped);
          this.gateways.get(name)!.gateway.takePnKey(reference, epoch, key);
        });
      },
      onSeats: (gateway, pneId, seats) => {
        const { name } = gateway as unknown as { readonly name: string };
        this.queue.push(() => this.gateways.get(name)!.gateway.seat(pneId, seats));
      },
      onAgreed(): void {},
      onRegistered(): void {},
      onReading: (pneId, { value }) => this.readings.push({ pneId, value }),
      onContentSettled(): void {},
      onRefused: (reason, pneId) => this.refusals.push({ at: 'server', reason, pneId }),
    });
  }
}
