// SPDX-License-Identifier: Apache-2.0

/** Two PNEs in groups, of which the power of one fails, with their gateway and their server. */
import { DEFAULT_PN, lastingMembership } from '../../src/authorization/membership.ts';
import { Curve } from '../../src/crypto/curves.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import type { Identity } from '../../src/handshake/credential.ts';
import type { LinkEvents } from '../../src/link/link.ts';
import { compactPayloads } from '../../src/payload/compact.ts';
import { createGateway, type Gateway } from '../../src/roles/gateway.ts';
import { staticDhInterface } from '../../src/roles/interface.ts';
import { createServerKeys } from '../../src/roles/key-master.ts';
import { createMemoryKeyStore } from '../../src/roles/key-store.ts';
import { createPne, type Pne } from '../../src/roles/pne.ts';
import { createPneKeys, type PneKeys } from '../../src/roles/pne-keys.ts';
import { createServer } from '../../src/roles/server.ts';
import type { ServerKeys } from '../../src/roles/server-keys.ts';
import { createMemoryStore } from '../../src/roles/server-store.ts';
import { openSealedStore } from '../../src/store/sealed-store.ts';
import { KeyWitness } from '../chaos/cryptography.ts';
import { identityOf } from '../chaos/member.ts';
import { Random } from '../chaos/random.ts';
import { nodeProviders } from '../chaos/run-in-node.ts';
import { Life } from '../chaos/timeline.ts';
import { Violation } from '../chaos/violation.ts';
import { contentOf } from './content.ts';
import { CutMedium } from './cut-medium.ts';
import { answeringLater } from './late-key-store.ts';
import { Links } from './links.ts';

/** Whose power fails, and another member. */
export const CUT = 'pne-1';
export const OTHER = 'pne-2';
const NAMES = Object.freeze([CUT, OTHER, 'gateway', 'server'] as const);
type Name = (typeof NAMES)[number];
/** Of all messages that were lost, and a handshake that was given up and begun again. */
const SETTLING_MS = 240_000;
const ROOT_LENGTH = 32;

interface Member {
  readonly name: Name;
  readonly medium: CutMedium;
  readonly root: Uint8Array;
  /** Contents of others, by value. */
  readonly contents: unknown[];
  /** undefined while it has no power. */
  running: { readonly pne: Pne; readonly keys: PneKeys; readonly life: Life } | undefined;
  close: () => void;
}

export class GroupNetwork {
  readonly keys: ServerKeys;
  private readonly links = new Links();
  private readonly providers = new Map<Name, CryptoProvider>();
  private readonly identities = new Map<Name, Identity>();
  private readonly gateway: Gateway;
  private readonly cut: Member;
  private readonly other: Member;
  private published = 0;

  /** Everybody is on and registered. */
  constructor(medium: CutMedium, seed: number) {
    const random = new Random(seed);
    const witness = new KeyWitness(nodeProviders());
    NAMES.forEach((name, at) => {
      const provider = witness.provider(new Life(name), random.fork(), undefined);
      this.providers.set(name, provider);
      this.identities.set(name, identityOf(provider.generateKey(Curve.P256), name, at + 1));
    });
    this.keys = createServerKeys({
      provider: this.providers.get('server')!,
      root: this.providers.get('server')!.secret(new Uint8Array(ROOT_LENGTH).fill(7)),
      store: answeringLater(createMemoryKeyStore(), (work) => this.links.later(work)),
      credentialOf: () => undefined,
      permits: () => true,
      onGroup(): void {},
      onHolder(): void {},
    });
    this.gateway = this.join();
    this.cut = newMember(CUT, medium, random);
    this.other = newMember(OTHER, new CutMedium(), random);
    medium.onCut = () => this.stop(this.cut);
    this.start(this.cut);
    this.start(this.other);
    this.settle();
  }

  /** What the device whose power fails does with its keys. */
  get own(): PneKeys {
    const { running } = this.cut;
    if (running === undefined) throw new Violation('the device is off');
    return running.keys;
  }

  /** The power is back. */
  restart(): void {
    this.stop(this.cut);
    this.start(this.cut);
    this.settle();
  }

  settle(): void {
    this.links.pass(SETTLING_MS);
  }

  /** The epoch of a group at the server where the device is a member, else undefined. */
  expected(reference: number): number | undefined {
    const group = this.keys.groups.find((each) => each.reference === reference);
    return group?.members.some(({ pneId }) => pneId === CUT) ? group.key.epoch : undefined;
  }

  /** The device has what the server says, after one more start before it hears of the server too, and members read each other once. */
  check(reference: number): void {
    this.checkEpoch(reference);
    this.stop(this.cut);
    this.start(this.cut);
    this.checkEpoch(reference);
    this.settle();
    this.checkEpoch(reference);
    if (this.expected(reference) === undefined) return;
    this.checkContent(reference, this.cut, this.other);
    this.checkContent(reference, this.other, this.cut);
  }

  content(medium: CutMedium): string {
    return contentOf(this.cut.root, medium);
  }

  private checkEpoch(reference: number): void {
    const { epoch } = this.own.groups.find((each) => each.reference === reference) ?? { epoch: undefined };
    const expected = this.expected(reference);
    if (epoch !== expected) throw new Violation(`the device has epoch ${epoch}, the server ${expected}`);
  }

  private checkContent(reference: number, from: Member, to: Member): void {
    const value = `content ${this.published++}`;
    from.running!.keys.publish(reference, value);
    this.settle();
    const count = to.contents.filter((each) => each === value).length;
    if (count !== 1) throw new Violation(`${to.name} reads ${value} ${count} times`);
  }

  private start(member: Member): void {
    const { name, medium, root, contents } = member;
    const provider = this.providers.get(name)!;
    const store = openSealedStore(provider, provider.secret(root), medium);
    const keys = createPneKeys({
      provider,
      store,
      onContent: (_reference, _sender, value) => contents.push(value),
      onGroup(): void {},
      onWithheld(): void {},
    });
    const own = this.identities.get(name)!;
    const running = { keys, life: new Life(name) } as { keys: PneKeys; pne: Pne; life: Life };
    member.running = running;
    running.pne = createPne({
      pneId: name,
      hop: staticDhInterface('pne', 'CPNS-1', provider, own, [this.credential('gateway')]),
      endToEnd: staticDhInterface('pne', 'CPNS-3', provider, own, [this.credential('server')]),
      after: this.links.time.after(running.life),
      payloads: compactPayloads,
      boots: store.boots,
      keys,
      onAgreed(): void {},
      onContent(): void {},
      onReceipt(): void {},
      onRefused(): void {},
    });
    this.connect(member);
  }

  /** What it plans while its last call ends comes to nothing: nobody starts that life again. */
  private stop(member: Member): void {
    const { life } = member.running ?? {};
    member.running = undefined;
    life?.kill();
    if (life !== undefined) life.stoppedUntil = Number.POSITIVE_INFINITY;
    member.close();
  }

  private connect(member: Member): void {
    const { pne } = member.running!;
    const isOn = () => member.running?.pne === pne;
    let isUp = true;
    let atGateway: LinkEvents | undefined;
    let atPne: LinkEvents | undefined;
    const close = () => {
      if (!isUp) return;
      isUp = false;
      this.links.later(() => {
        atGateway?.onClosed();
        if (!isOn()) return;
        atPne?.onClosed();
        this.connect(member);
      });
    };
    member.close = close;
    const { links } = this;
    atGateway = this.gateway.attachPne(
      links.end(() => (isUp && isOn() ? atPne : undefined), undefined, close),
    );
    atPne = pne.attach(links.end(() => (isUp ? atGateway : undefined), isOn, close));
  }

  private credential(name: Name) {
    return this.identities.get(name)!.credential;
  }

  /** Returns the gateway, joined to the server. */
  private join(): Gateway {
    const known = [this.credential(CUT), this.credential(OTHER)];
    const after = this.links.time.after(new Life('others'));
    const granted = { grants: lastingMembership([CUT, OTHER]), pn: DEFAULT_PN };
    const gateway = createGateway({
      hop: this.ownInterface('gateway', 'CPNS-1', known),
      after,
      ...granted,
      onAgreed(): void {},
      onRefused(): void {},
    });
    const server = createServer({
      endToEnd: this.ownInterface('server', 'CPNS-3', known),
      after,
      store: createMemoryStore(),
      keys: this.keys,
      ...granted,
      onSeats: (_gateway, pneId, seats) => this.links.later(() => gateway.seat(pneId, seats)),
      onAgreed(): void {},
      onRegistered(): void {},
      onReading(): void {},
      onContentSettled(): void {},
      onRefused(): void {},
    });
    let up: LinkEvents | undefined;
    let down: LinkEvents | undefined;
    up = gateway.attachServer(this.links.end(() => down));
    down = server.attachGateway(this.links.end(() => up));
    return gateway;
  }

  private ownInterface(
    name: 'gateway' | 'server',
    on: 'CPNS-1' | 'CPNS-3',
    known: ReturnType<GroupNetwork['credential']>[],
  ) {
    return staticDhInterface(name, on, this.providers.get(name)!, this.identities.get(name)!, known);
  }
}

function newMember(name: Name, medium: CutMedium, random: Random): Member {
  return {
    name,
    medium,
    root: random.bytes(ROOT_LENGTH),
    contents: [],
    running: undefined,
    close(): void {},
  };
}
