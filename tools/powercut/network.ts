// SPDX-License-Identifier: Apache-2.0

/** A PNE whose power fails, with its gateway and its server, in the virtual time of tools/chaos. */
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import type { BootStore } from '../../src/delivery/boot.ts';
import type { InterfaceName } from '../../src/negotiation/policies.ts';
import type { ResumptionSlot } from '../../src/roles/resumption.ts';
import { PeerIndex, storedResumptionSlot } from '../../src/roles/stored-resumption.ts';
import { type DeviceStore, openSealedStore } from '../../src/store/sealed-store.ts';
import { BootFile } from '../chaos/boot-file.ts';
import { Chronicle } from '../chaos/chronicle.ts';
import { KeyWitness } from '../chaos/cryptography.ts';
import { Device } from '../chaos/device.ts';
import { GatewayProcess } from '../chaos/gateway-process.ts';
import { KeyFile } from '../chaos/key-file.ts';
import { Member } from '../chaos/member.ts';
import { Random } from '../chaos/random.ts';
import { nodeProviders } from '../chaos/run-in-node.ts';
import { ServerProcess } from '../chaos/server-process.ts';
import { Timeline } from '../chaos/timeline.ts';
import { Violation } from '../chaos/violation.ts';
import { Witness } from '../chaos/witness.ts';
import { contentOf } from './content.ts';
import type { CutMedium } from './cut-medium.ts';

const MAX_EVENTS = 200_000;
const ROOT_LENGTH = 32;
const CALM = Object.freeze({ loss: 0, duplication: 0, delay: 0, reordering: 0, corruption: 0 });
/** A device connects and registers within this, a link that was lost unheard of included. */
const SETTLING_MS = 5 * 60_000;

export class CutNetwork {
  readonly timeline = new Timeline();
  readonly witness = new Witness();
  readonly random: Random;
  readonly device: Device;
  readonly server: ServerProcess;
  readonly provider: CryptoProvider;
  private readonly gateway: GatewayProcess;
  private readonly medium: CutMedium;
  private readonly root: Uint8Array;

  /** Everybody but the device is on. `medium` is what the device keeps. */
  constructor(medium: CutMedium, seed: number) {
    this.medium = medium;
    this.random = new Random(seed);
    const keys = new KeyWitness(nodeProviders());
    const create = (subject: string, kid: number) =>
      new Member({ keys, random: this.random, limits: undefined, subject, kid });
    const [server, gateway, pne] = [create('server', 0), create('gateway-1', 1), create('pne-1', 2)];
    const chronicle = new Chronicle(this.timeline, false);
    const ether = { timeline: this.timeline, chronicle, random: this.random.fork(), weather: { ...CALM } };
    this.server = new ServerProcess({
      ether,
      witness: this.witness,
      random: this.random.fork(),
      life: server.life,
      isHonest: true,
      endToEnd: server.interfaceTo([pne], 'server', 'CPNS-3'),
      toGateways: server.interfaceTo([gateway], 'server', 'CPNS-2'),
      pneIds: ['pne-1'],
    });
    const hop = pne.interfaceTo([gateway], 'pne', 'CPNS-1');
    this.provider = hop.provider;
    this.root = this.random.bytes(ROOT_LENGTH);
    this.gateway = new GatewayProcess({
      ether,
      random: this.random.fork(),
      life: gateway.life,
      hop: gateway.interfaceTo([pne], 'gateway', 'CPNS-1'),
      toServer: gateway.interfaceTo([server], 'gateway', 'CPNS-2'),
      pneIds: ['pne-1'],
      server: this.server,
      tap: undefined,
      outerTap: undefined,
    });
    this.device = new Device({
      ether,
      witness: this.witness,
      random: this.random.fork(),
      life: pne.life,
      pneId: 'pne-1',
      hop,
      endToEnd: pne.interfaceTo([server], 'pne', 'CPNS-3'),
      file: new SealedFile(
        () => openSealedStore(this.provider, this.provider.secret(this.root), medium),
        (store, name) => storedSlot(store, pne, name === 'CPNS-1' ? gateway : server),
      ),
      gateways: [this.gateway],
    });
    medium.onCut = () => this.device.end(this.random.chance(0.5));
    this.server.start();
    this.gateway.start();
  }

  /** Its process ends, which its gateway hears, and is there again a second later. */
  restartServer(): void {
    const { wire } = this.gateway;
    this.server.end(wire?.isUp ? [wire] : [], true);
    this.timeline.in(1000, this.server.life, () => this.server.start());
  }

  pass(milliseconds: number): void {
    this.timeline.runUntil(this.timeline.now + milliseconds, MAX_EVENTS);
  }

  /** A device that has started, and whatever it has to say, comes to rest. */
  settle(): void {
    this.pass(SETTLING_MS);
  }

  /** The power is back. What the device planned while its last call was ending is planned no more. */
  restart(): void {
    this.device.end(true);
    this.device.start();
    this.settle();
  }

  /** It is connected, a reading and a content arrive once each, and nothing waits. */
  check(): void {
    this.device.report();
    this.server.deliver(this.device.pneId);
    this.settle();
    // A server that ends with a commit does not say what became of a content: its owner finds it gone.
    const queued = this.server.queued(this.device.pneId);
    for (const name of this.witness.unsettled) if (!queued.includes(name)) this.witness.concludeContent(name);
    const [unsettled] = this.witness.unsettled;
    if (unsettled !== undefined) throw new Violation(`${unsettled} is not settled`);
    if (!this.device.isIdle || !this.device.isEmpty) throw new Violation('the device still waits');
    const known = this.server.database.record(this.device.pneId)?.boot?.epoch;
    if (!this.content(this.medium).startsWith(`epoch ${known}\n`))
      throw new Violation('the server knows a boot that its store does not');
  }

  content(medium: CutMedium): string {
    return contentOf(this.root, medium);
  }
}

function storedSlot(store: DeviceStore, pne: Member, peer: Member): ResumptionSlot {
  const { subject } = peer.identity.credential;
  const index = subject === 'server' ? PeerIndex.server : PeerIndex.gateway;
  return storedResumptionSlot(store, index, pne.identity.credential, peer.identity.credential);
}

/** In the place of what chaos has: the store that a device really has. It is opened when the device starts. */
class SealedFile extends BootFile {
  override readonly keys: KeyFile;
  private store: DeviceStore | undefined;
  private readonly openStore: () => DeviceStore;

  constructor(
    openStore: () => DeviceStore,
    slot: (store: DeviceStore, name: InterfaceName) => ResumptionSlot,
  ) {
    super();
    this.openStore = openStore;
    this.keys = new SealedKeys((name) => slot(this.started(), name));
  }

  override open(): BootStore {
    const { boots } = this.started();
    this.store = undefined;
    return boots;
  }

  /** A device asks for its keys first, then for its boot counter. */
  private started(): DeviceStore {
    this.store ??= this.openStore();
    return this.store;
  }
}

class SealedKeys extends KeyFile {
  private readonly slot: (name: InterfaceName) => ResumptionSlot;

  constructor(slot: (name: InterfaceName) => ResumptionSlot) {
    super();
    this.slot = slot;
  }

  override open(name: InterfaceName): ResumptionSlot {
    return this.slot(name);
  }
}
