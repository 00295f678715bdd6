// SPDX-License-Identifier: Apache-2.0

/**
 * Test code: PNEs that join by codes, through a real gateway and a real server in memory, with stores that fail where a
 * test wants it, and an attacker on CPNS-1. Messages move only when `settle` is called, time only with `fireTimers`.
 */
import { Authority } from '../authorization/authority.ts';
import { encodeBareGrant } from '../authorization/bare.ts';
import { DEFAULT_PN, membership } from '../authorization/membership.ts';
import { equalBytes } from '../bytes/compare.ts';
import { Curve } from '../crypto/curves.ts';
import type { Secret } from '../crypto/provider.ts';
import { ownCredential } from '../handshake/compact-credential.ts';
import { type Credential, createCredentialStore } from '../handshake/credential.ts';
import { PLAIN_STREAM } from '../link/attestation.ts';
import { Channel } from '../link/channel.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import type { After } from '../link/timer.ts';
import type { RoleName } from '../negotiation/policies.ts';
import { compactPayloads } from '../payload/compact.ts';
import type { ReasonName } from '../refusal.ts';
import { createMemoryMedium, type MemoryMedium } from '../store/medium.testing.ts';
import { type DeviceStore, openSealedStore } from '../store/sealed-store.ts';
import { Purpose } from '../store/store.ts';
import { createGateway } from './gateway.ts';
import { PROVIDER } from './identities.testing.ts';
import { type Agreement, staticDhInterface } from './interface.ts';
import { onboardingKey } from './onboarding.ts';
import type { Invitation, Invitations } from './onboarding-acceptance.ts';
import { createPne, type Pne } from './pne.ts';
import { keepMembership, openMember, openOwnKey } from './pne-membership.ts';
import { joinBy } from './pne-onboarding.ts';
import { createServer } from './server.ts';
import { createMemoryStore } from './server-store.ts';

const ROOT = PROVIDER.secret(new Uint8Array(32).fill(7));
const GRANT = encodeBareGrant(0, { scope: [{ object: 4, permissions: 1 }], exi: 86_400 });

export function secretOf(seed: number): Secret {
  return PROVIDER.secret(new Uint8Array(16).fill(seed));
}

function newIdentity(subject: string) {
  const privateKey = PROVIDER.generateKey(Curve.P256);
  return { privateKey, credential: ownCredential(privateKey.publicKey, subject) };
}

/** Codes in memory: whom they are for, and who came. */
export class TestInvitations implements Invitations {
  readonly known: Invitation[] = [];
  readonly devices: Credential[] = [];
  /** What a device is given when it joins. */
  grant = GRANT;
  /** What has become of the next commits, in order; then they are stored. */
  readonly failures: boolean[] = [];
  /** Commits that wait, where a test holds them back. */
  held: (() => void)[] | undefined;

  invite(pneId: string, secret: Secret): void {
    this.known.push({ pneId, psk: onboardingKey(PROVIDER, pneId, secret) });
  }

  candidates(idCred: Uint8Array): readonly Invitation[] {
    return this.known.filter(({ psk }) => equalBytes(psk.idCred, idCred));
  }

  spent(): undefined {}

  join({ pneId }: Invitation, credential: Credential, done: Parameters<Invitations['join']>[2]): void {
    const commit = () => {
      const known = this.devices.find(({ subject }) => subject === pneId);
      if (known !== undefined) return done(equalBytes(known.cred, credential.cred) ? this.grant : 'used');
      if (this.failures.shift()) return done(undefined);
      this.devices.push(credential);
      done(this.grant);
    };
    if (this.held === undefined) commit();
    else this.held.push(commit);
  }
}

export interface TestDevice {
  readonly pneId: string;
  medium: MemoryMedium;
  /** Brings a link up, after a restart or not. */
  connect(): void;
  readonly isMember: boolean;
  /** As it is stored. */
  readonly grant: Uint8Array | undefined;
  readonly pne: Pne | undefined;
  readonly refusals: ReasonName[];
  readonly agreements: Agreement[];
  isUp: boolean;
  /** What passes on the link, either way; replaceable by the test. */
  tap: (message: Uint8Array, towards: 'gateway' | 'pne') => readonly Uint8Array[];
  /** Puts a message on the link. */
  inject(message: Uint8Array, towards: 'gateway' | 'pne'): void;
}

export interface OnboardingNetwork {
  readonly invitations: TestInvitations;
  readonly refusals: {
    readonly at: RoleName;
    readonly reason: ReasonName;
    readonly pneId: string | undefined;
  }[];
  readonly joined: string[];
  readonly received: unknown[];
  device(pneId: string, secret: Secret, medium?: MemoryMedium): TestDevice;
  settle(): void;
  fireTimers(): void;
}

export function createOnboardingNetwork(): OnboardingNetwork {
  const queue: (() => void)[] = [];
  const timers = new Set<{ readonly callback: () => void; readonly milliseconds: number }>();
  const invitations = new TestInvitations();
  const refusals: OnboardingNetwork['refusals'] = [];
  const joined: string[] = [];
  const received: unknown[] = [];
  const admitted: Credential[] = [];
  const gatewayOwn = newIdentity('gateway');
  const serverOwn = newIdentity('server');
  const after: After = (milliseconds, callback) => {
    const timer = { milliseconds, callback };
    timers.add(timer);
    return { cancel: () => void timers.delete(timer) };
  };
  const grants = new Authority({ now: () => 0 });
  const gateway = createGateway({
    hop: {
      ...staticDhInterface('gateway', 'CPNS-1', PROVIDER, gatewayOwn, []),
      peers: { candidates: (idCred) => createCredentialStore(admitted).candidates(idCred) },
    },
    after,
    grants,
    pn: DEFAULT_PN,
    onAgreed(): void {},
    onRefused: (reason, pneId) => void refusals.push({ at: 'gateway', reason, pneId }),
  });
  const server = createServer({
    endToEnd: {
      ...staticDhInterface('server', 'CPNS-3', PROVIDER, serverOwn, []),
      peers: { candidates: (idCred) => createCredentialStore(invitations.devices).candidates(idCred) },
    },
    after,
    store: createMemoryStore(),
    grants,
    pn: DEFAULT_PN,
    onboarding: {
      invitations,
      onJoined(credential): void {
        joined.push(credential.subject!);
        grants.hold(credential.subject!, membership(DEFAULT_PN, 0, 1_000_000));
        if (!admitted.some(({ subject }) => subject === credential.subject)) admitted.push(credential);
      },
    },
    onAgreed(): void {},
    onRegistered(): void {},
    onReading: (_pneId, { value }) => void received.push(value),
    onContentSettled(): void {},
    onRefused: (reason, pneId) => void refusals.push({ at: 'server', reason, pneId }),
  });
  const ends = {} as Record<'gateway' | 'server', LinkEvents>;
  const relay = (towards: 'gateway' | 'server'): Link => ({
    attestation: () => PLAIN_STREAM,
    close(): void {},
    send: (message) => void queue.push(() => ends[towards].onMessage(message)),
  });
  ends.gateway = gateway.attachServer(relay('server'));
  ends.server = server.attachGateway(relay('gateway'), gatewayOwn.credential);

  function device(pneId: string, secret: Secret, medium = createMemoryMedium()): TestDevice {
    let pne: Pne | undefined;
    let current: Record<'gateway' | 'pne', LinkEvents> | undefined;
    const self: TestDevice = {
      pneId,
      medium,
      refusals: [],
      agreements: [],
      tap: (message) => [message],
      get pne() {
        return pne;
      },
      get isMember() {
        return (
          openMember(PROVIDER, openSealedStore(PROVIDER, ROOT, self.medium.restart()), pneId) !== undefined
        );
      },
      get grant() {
        return openSealedStore(PROVIDER, ROOT, self.medium.restart()).read(Purpose.grant, 0)?.data;
      },
      get isUp() {
        return current !== undefined;
      },
      inject: (message, towards) => current?.[towards].onMessage(message),
      connect(): void {
        const up = {} as Record<'gateway' | 'pne', LinkEvents>;
        const down = () => {
          if (current !== up) return;
          current = undefined;
          up.pne.onClosed();
          up.gateway.onClosed();
        };
        const end = (towards: 'gateway' | 'pne'): Link => ({
          attestation: () => PLAIN_STREAM,
          close: () => void queue.push(down),
          send(message): void {
            for (const passed of self.tap(message.slice(), towards))
              queue.push(() => current === up && up[towards].onMessage(passed));
          },
        });
        current = up;
        up.gateway = gateway.attachPne(end('pne'));
        up.pne = attach(end('gateway'));
      },
    };
    return self;

    function attach(link: Link): LinkEvents {
      const store = openSealedStore(PROVIDER, ROOT, self.medium);
      const member = openMember(PROVIDER, store, pneId);
      if (member === undefined) return join(link, store);
      pne ??= createPne({
        pneId,
        hop: staticDhInterface('pne', 'CPNS-1', PROVIDER, member.own, [member.gateway]),
        endToEnd: staticDhInterface('pne', 'CPNS-3', PROVIDER, member.own, [member.server]),
        after,
        payloads: compactPayloads,
        boots: store.boots,
        onAgreed: (agreement) => void self.agreements.push(agreement),
        onContent(): void {},
        onReceipt(): void {},
        onRefused: (reason) => void self.refusals.push(reason),
      });
      return pne.attach(link);
    }

    /** As the firmware does it. */
    function join(link: Link, store: DeviceStore): LinkEvents {
      let events = joinBy(link, {
        provider: PROVIDER,
        pneId,
        secret,
        openKey: () => openOwnKey(PROVIDER, store),
        after,
        onJoined(membership): void {
          keepMembership(PROVIDER, store, membership);
          events.onClosed();
          events = attach(link);
        },
        onRefused: (reason) => void self.refusals.push(reason),
      });
      return { onMessage: (message) => events.onMessage(message), onClosed: () => events.onClosed() };
    }
  }

  return {
    invitations,
    refusals,
    joined,
    received,
    device,
    settle(): void {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) next();
    },
    fireTimers(): void {
      for (const timer of [...timers])
        if (timer.milliseconds < 60_000 && timers.delete(timer)) timer.callback();
    },
  };
}

/** Connects and lets time pass until the device is a member, and once more for its readings. */
export function bringIn(network: OnboardingNetwork, device: TestDevice, rounds = 8): void {
  for (let round = 0; round < rounds; round += 1) {
    if (!device.isUp) device.connect();
    network.settle();
    if (device.pne !== undefined && device.agreements.length >= 2) return;
    network.fireTimers();
    network.settle();
  }
}

/** Body of a message of the onboarding, or undefined. */
export function onboardingOf(message: Uint8Array): Uint8Array | undefined {
  return message[0] === Channel.onboarding ? message.subarray(1) : undefined;
}
