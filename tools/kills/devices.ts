// SPDX-License-Identifier: Apache-2.0

/** PNEs and their PN GWs in this process, one at each of the servers that come and go. They run on a clock that is faster. */
import { DEFAULT_PN, lastingMembership } from '../../src/authorization/membership.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import { type Credential, createCredentialStore } from '../../src/handshake/credential.ts';
import type { Link } from '../../src/link/link.ts';
import type { After } from '../../src/link/timer.ts';
import type { NewIdentity } from '../../src/node/identity.ts';
import { linkPair } from '../../src/node/link-pair.ts';
import { type PnGateway, startPnGateway } from '../../src/node/pn-gateway.ts';
import { after as nodeAfter } from '../../src/node/timer.ts';
import { compactPayloads } from '../../src/payload/compact.ts';
import { staticDhInterface } from '../../src/roles/interface.ts';
import { createPne, type Pne } from '../../src/roles/pne.ts';

/** Pauses of minutes would make a run of days. A handshake still has the time that it takes on a busy machine. */
const FASTER = 50;
const RECONNECT_MS = 1000;
/** Readings that a PNE has accepted at one gateway, where there are several, before it goes to the next. */
const READINGS_AT_ONE = 20;

export const fasterAfter: After = (milliseconds, callback) => nodeAfter(milliseconds / FASTER, callback);

export interface DeviceOptions {
  readonly provider: CryptoProvider;
  readonly server: Credential;
  /** One gateway at each; PNEs move between them. */
  readonly serverUrls: readonly string[];
  readonly gateways: readonly NewIdentity[];
  readonly identities: readonly NewIdentity[];
}

/** What one PNE has sent: values from 0 on, one a reading. */
export interface Sent {
  readonly pneId: string;
  readonly accepted: ReadonlySet<number>;
  readonly reported: number;
}

export class DeviceCrowd {
  private readonly gateways: readonly PnGateway[];
  private readonly devices: Device[];
  private readonly onAccepted = new Set<() => void>();
  private isSending = true;

  constructor({ provider, identities, gateways, server, serverUrls }: DeviceOptions) {
    const told = () => {
      for (const tell of this.onAccepted) tell();
      this.onAccepted.clear();
    };
    this.gateways = gateways.map((own, index) =>
      startPnGateway({
        provider,
        identity: own,
        peers: createCredentialStore(identities.map(({ credential }) => credential)),
        server: serverUrls[index]!,
        serverCredential: server,
        grants: lastingMembership(identities.map(({ credential }) => credential.subject!)),
        pn: DEFAULT_PN,
        after: fasterAfter,
        onAgreed(): void {},
        onRefused(): void {},
        onServerLink(): void {},
        onServerUnreachable(): void {},
        onServerRefused(): void {},
        withdraw: async () => undefined,
        admit: async () => undefined,
        revoke: async () => undefined,
      }),
    );
    this.devices = identities.map((identity) => {
      const hop = staticDhInterface(
        'pne',
        'CPNS-1',
        provider,
        identity,
        gateways.map(({ credential }) => credential),
      );
      const endToEnd = staticDhInterface('pne', 'CPNS-3', provider, identity, [server]);
      return new Device(
        identity.credential.subject!,
        hop,
        endToEnd,
        this.gateways,
        told,
        () => this.isSending,
      );
    });
  }

  get sent(): readonly Sent[] {
    return this.devices;
  }

  /** Resolves with the next reading that the server has acknowledged. */
  nextAccepted(): Promise<void> {
    return new Promise((resolve) => this.onAccepted.add(resolve));
  }

  /** Sends nothing new, and resolves when everything is acknowledged. */
  async drain(): Promise<void> {
    this.isSending = false;
    while (this.devices.some(({ isIdle }) => !isIdle)) await this.nextAccepted();
  }

  close(): void {
    for (const device of this.devices) device.stop();
    for (const gateway of this.gateways) gateway.close();
  }
}

type Interfaces = Parameters<typeof createPne>[0];

class Device implements Sent {
  readonly pneId: string;
  readonly accepted = new Set<number>();
  reported = 0;
  private readonly pne: Pne;
  private readonly gateways: readonly PnGateway[];
  private readonly isSending: () => boolean;
  private isStopped = false;
  private connections = 0;
  private link: Link | undefined;

  constructor(
    pneId: string,
    hop: Interfaces['hop'],
    endToEnd: Interfaces['endToEnd'],
    gateways: readonly PnGateway[],
    told: () => void,
    isSending: () => boolean,
  ) {
    this.pneId = pneId;
    this.gateways = gateways;
    this.isSending = isSending;
    this.pne = createPne({
      pneId,
      hop,
      endToEnd,
      after: fasterAfter,
      payloads: compactPayloads,
      boots: { epoch: undefined, write(): void {} },
      onAgreed(): void {},
      onContent(): void {},
      onReceipt: (handle, outcome) => {
        if (outcome === 'accepted') this.accepted.add(handle);
        this.moveOn();
        this.report();
        told();
      },
      onRefused(): void {},
    });
    this.report();
    this.connect();
  }

  get isIdle(): boolean {
    return this.pne.idle;
  }

  stop(): void {
    this.isStopped = true;
  }

  /** Its handle is its value. */
  private report(): void {
    while (this.isSending() && this.pne.room > 0) {
      this.pne.report(this.reported);
      this.reported += 1;
    }
  }

  private connect(): void {
    if (this.isStopped) return;
    const gateway = this.gateways[this.connections % this.gateways.length]!;
    this.connections += 1;
    const [near, far] = linkPair(() => fasterAfter(RECONNECT_MS, () => this.connect()));
    far.join(gateway.attachPne(far.link));
    near.join(this.pne.attach(near.link));
    this.link = near.link;
  }

  private moveOn(): void {
    if (this.gateways.length > 1 && this.accepted.size % READINGS_AT_ONE === 0) this.link?.close();
  }
}
