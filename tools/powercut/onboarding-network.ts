// SPDX-License-Identifier: Apache-2.0

/** A PNE that joins by a one-time secret, whose power fails, with its gateway and its server. */
import { encodeBareGrant } from '../../src/authorization/bare.ts';
import { DEFAULT_PN, lastingMembership } from '../../src/authorization/membership.ts';
import { equalBytes } from '../../src/bytes/compare.ts';
import { Curve } from '../../src/crypto/curves.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import { ownCredential } from '../../src/handshake/compact-credential.ts';
import { type Credential, createCredentialStore, type Identity } from '../../src/handshake/credential.ts';
import type { Link, LinkEvents } from '../../src/link/link.ts';
import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { compactPayloads } from '../../src/payload/compact.ts';
import { createGateway, type Gateway } from '../../src/roles/gateway.ts';
import { staticDhInterface } from '../../src/roles/interface.ts';
import { onboardingKey } from '../../src/roles/onboarding.ts';
import type { Invitation, Invitations } from '../../src/roles/onboarding-acceptance.ts';
import { createPne, type Pne } from '../../src/roles/pne.ts';
import { keepMembership, openMember, openOwnKey } from '../../src/roles/pne-membership.ts';
import { joinBy } from '../../src/roles/pne-onboarding.ts';
import { createServer } from '../../src/roles/server.ts';
import { createMemoryStore } from '../../src/roles/server-store.ts';
import { type DeviceStore, openSealedStore } from '../../src/store/sealed-store.ts';
import { KeyWitness } from '../chaos/cryptography.ts';
import { Random } from '../chaos/random.ts';
import { Life } from '../chaos/timeline.ts';
import { Violation } from '../chaos/violation.ts';
import { contentOf } from './content.ts';
import { CutMedium } from './cut-medium.ts';
import { Links } from './links.ts';

const PNE_ID = 'pne-1';
const ROOT_LENGTH = 32;
const SECRET_LENGTH = 16;
const PRIVATE_KEY_LENGTH = 32;
const PAUSE_MS = 1000;
/** Of a handshake that was given up, and begun again. */
const SETTLING_MS = 90_000;
/** Of a few attempts of somebody who may not join. */
const RIVAL_MS = 5000;
const GRANT = encodeBareGrant(0, { scope: [{ object: 4, permissions: 1 }], exi: 86_400 });

/** A device with power, until that is gone. */
interface Running {
  readonly life: Life;
  readonly store: DeviceStore;
  pne: Pne | undefined;
  close: () => void;
}

export class OnboardingNetwork {
  private readonly links = new Links();
  private readonly provider: CryptoProvider;
  private readonly root: Uint8Array;
  private readonly secret: Uint8Array;
  private readonly gateway: Gateway;
  private readonly invitations: MemoryInvitations;
  private readonly received: unknown[] = [];
  private readonly medium: CutMedium;
  private running: Running | undefined;

  constructor(medium: CutMedium, seed: number) {
    const random = new Random(seed);
    this.medium = medium;
    this.provider = providerOf(random);
    this.root = random.bytes(ROOT_LENGTH);
    this.secret = random.bytes(SECRET_LENGTH);
    this.invitations = new MemoryInvitations(this.provider, this.secret);
    this.gateway = this.join();
    medium.onCut = () => this.stop();
  }

  settle(milliseconds = SETTLING_MS): void {
    this.links.pass(milliseconds);
  }

  start(medium = this.medium): void {
    const store = openSealedStore(this.provider, this.provider.secret(this.root), medium);
    this.running = { life: new Life(PNE_ID), store, pne: undefined, close(): void {} };
    this.connect(this.running);
  }

  /** What it plans while its last call ends comes to nothing. */
  stop(): void {
    const { life, close } = this.running ?? {};
    this.running = undefined;
    life?.kill();
    if (life !== undefined) life.stoppedUntil = Number.POSITIVE_INFINITY;
    close?.();
  }

  /** It has joined, as one device, its readings arrive once, and the secret is of no use to anybody else. */
  check(): void {
    if (this.invitations.devices.length !== 1)
      throw new Violation(`the server knows ${this.invitations.devices.length} devices`);
    const pne = this.running?.pne;
    if (pne === undefined) throw new Violation('the device has not joined');
    pne.report('reading');
    this.settle();
    if (this.received.length !== 1) throw new Violation(`${this.received.length} readings of one`);
    this.stop();
    this.start(new CutMedium());
    this.settle(RIVAL_MS);
    if (this.running?.pne !== undefined) throw new Violation('the secret lets another device join');
  }

  content(medium: CutMedium): string {
    return contentOf(this.root, medium);
  }

  private connect(running: Running): void {
    let isUp = true;
    let atGateway: LinkEvents | undefined;
    let atPne: LinkEvents | undefined;
    const isOn = () => this.running === running;
    const down = () => {
      atGateway?.onClosed();
      if (!isOn()) return;
      atPne?.onClosed();
      this.links.time.in(PAUSE_MS, running.life, () => this.connect(running));
    };
    running.close = () => {
      if (isUp) this.links.later(down);
      isUp = false;
    };
    const { links } = this;
    const { close } = running;
    atGateway = this.gateway.attachPne(
      links.end(() => (isUp && isOn() ? atPne : undefined), undefined, close),
    );
    atPne = this.attach(
      links.end(() => (isUp ? atGateway : undefined), isOn, close),
      running,
    );
  }

  /** As firmware/programs/pne.ts does. */
  private attach(link: Link, running: Running): LinkEvents {
    const { store, life } = running;
    const { provider } = this;
    const after = this.links.time.after(life);
    const member = openMember(provider, store, PNE_ID);
    if (member === undefined) return this.joining(link, running);
    running.pne ??= createPne({
      pneId: PNE_ID,
      hop: staticDhInterface('pne', 'CPNS-1', provider, member.own, [member.gateway]),
      endToEnd: staticDhInterface('pne', 'CPNS-3', provider, member.own, [member.server]),
      after,
      payloads: compactPayloads,
      boots: store.boots,
      onAgreed(): void {},
      onContent(): void {},
      onReceipt(): void {},
      onRefused(): void {},
    });
    return running.pne.attach(link);
  }

  /** Who has joined goes on with the link that it joined by. */
  private joining(link: Link, running: Running): LinkEvents {
    const { provider } = this;
    const { store, life } = running;
    let events = joinBy(link, {
      provider,
      pneId: PNE_ID,
      secret: provider.secret(this.secret),
      openKey: () => openOwnKey(provider, store),
      after: this.links.time.after(life),
      onJoined: (membership) => {
        keepMembership(provider, store, membership);
        events.onClosed();
        events = this.attach(link, running);
      },
      onRefused(): void {},
    });
    return { onMessage: (message) => events.onMessage(message), onClosed: () => events.onClosed() };
  }

  /** Returns the gateway, joined to the server. */
  private join(): Gateway {
    const { provider, invitations, received } = this;
    const [own, serverOwn] = [newIdentity(provider, 'gateway'), newIdentity(provider, 'server')];
    const after = this.links.time.after(new Life('others'));
    const peers = () => ({
      candidates: (idCred: Uint8Array) => createCredentialStore(invitations.devices).candidates(idCred),
    });
    const granted = { grants: lastingMembership([PNE_ID]), pn: DEFAULT_PN };
    const gateway = createGateway({
      hop: { ...staticDhInterface('gateway', 'CPNS-1', provider, own, []), peers: peers() },
      after,
      ...granted,
      onAgreed(): void {},
      onRefused(): void {},
    });
    const server = createServer({
      endToEnd: { ...staticDhInterface('server', 'CPNS-3', provider, serverOwn, []), peers: peers() },
      after,
      store: createMemoryStore(),
      ...granted,
      onboarding: { invitations, onJoined(): void {} },
      onAgreed(): void {},
      onRegistered(): void {},
      onReading: (_pneId, { value }) => void received.push(value),
      onContentSettled(): void {},
      onRefused(): void {},
    });
    const ends = {} as Record<'up' | 'down', LinkEvents>;
    ends.up = gateway.attachServer(this.links.end(() => ends.down));
    ends.down = server.attachGateway(
      this.links.end(() => ends.up),
      own.credential,
    );
    return gateway;
  }
}

/** One code, and who came with it. */
class MemoryInvitations implements Invitations {
  readonly devices: Credential[] = [];
  private readonly invitation: Invitation;

  constructor(provider: CryptoProvider, secret: Uint8Array) {
    const psk = onboardingKey(provider, PNE_ID, provider.secret(secret));
    this.invitation = { pneId: PNE_ID, psk };
  }

  candidates(idCred: Uint8Array): readonly Invitation[] {
    return equalBytes(this.invitation.psk.idCred, idCred) ? [this.invitation] : [];
  }

  spent(): undefined {}

  join(_invitation: Invitation, credential: Credential, done: Parameters<Invitations['join']>[2]): void {
    const [known] = this.devices;
    if (known !== undefined) return done(equalBytes(known.cred, credential.cred) ? GRANT : 'used');
    this.devices.push(credential);
    done(GRANT);
  }
}

/** Whose keys, too, are drawn from the seed. */
function providerOf(random: Random): CryptoProvider {
  const keys = new KeyWitness((fillRandom) => {
    const node = createNodeProvider();
    const generateKey = (curve: number) => node.privateKey(curve, random.bytes(PRIVATE_KEY_LENGTH));
    return { ...node, fillRandom, generateKey };
  });
  return keys.provider(new Life('everybody'), random.fork(), undefined);
}

function newIdentity(provider: CryptoProvider, subject: string): Identity {
  const privateKey = provider.generateKey(Curve.P256);
  return { privateKey, credential: ownCredential(privateKey.publicKey, subject) };
}
