// SPDX-License-Identifier: Apache-2.0

/** The device program: wires a PNE from its store, its crypto provider, its link and its sensor. */
import { CborReader } from '../../src/cbor/reader.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import type { Link, LinkEvents } from '../../src/link/link.ts';
import type { PnePayloads } from '../../src/payload/payload.ts';
import { type ReasonName, Refusal } from '../../src/refusal.ts';
import { staticDhInterface } from '../../src/roles/interface.ts';
import { createPne, type Pne, type PneOptions } from '../../src/roles/pne.ts';
import { createPneKeys, type PneKeys, type PneKeysOptions } from '../../src/roles/pne-keys.ts';
import { keepMembership, type Member, openOwnKey } from '../../src/roles/pne-membership.ts';
import { joinBy } from '../../src/roles/pne-onboarding.ts';
import { PeerIndex, storedResumptionSlot } from '../../src/roles/stored-resumption.ts';
import type { SealedStore } from '../../src/store/store.ts';
import type { Connections } from '../links/connect.ts';
import { keepConnected } from '../links/reconnect.ts';
import { openStore, type Store } from '../platform/store.ts';
import { after } from '../platform/timer.ts';
import { openHostSensor } from '../sensors/host-sensor.ts';
import { type Counts, createSampler, type Sampler } from '../sensors/sampler.ts';
import { openSelfSensor } from '../sensors/self-sensor.ts';
import type { Sensor, SensorEvents } from '../sensors/sensor.ts';
import { openDeviceStore } from '../store/device-store.ts';
import { openPlace, type PnePlace } from '../store/place.ts';
import type { Image } from './image.ts';
import { say, sayAgreed, sayStart, watchLink } from './journal.ts';
import { createRefusals } from './refusals.ts';

/** Refuses `notProvisioned` where the board does not know who it is. */
export function startPne(
  { link: linkKind, connections, openPayloads, openKeys = createPneKeys }: Image,
  provider: CryptoProvider,
): void {
  const payloads = openPayloads();
  const store = openStore('pne');
  const device = openDeviceStore(provider);
  const place = openPlace(provider, device, store);
  const counts: Counts = { sent: 0, accepted: 0, refused: 0, contents: 0 };
  const sayRefused = createRefusals(say);
  sayStart(linkKind, place.pneId);
  let attach = place.member === undefined ? (link: Link) => join(link, place) : run(place.member);
  const connection = keepConnected({
    connect: connections.gateway(place),
    attach: (link) => watchLink(attach(link)),
    after,
    fillRandom: (target) => provider.fillRandom(target),
  });

  function join(link: Link, { pneId, secret }: PnePlace): LinkEvents {
    let events = joinBy(link, {
      provider,
      pneId,
      secret: secret!,
      openKey: () => openOwnKey(provider, device),
      after,
      onJoined(membership): void {
        keepMembership(provider, device, membership);
        say('joined');
        connection.proved();
        attach = run(openPlace(provider, device, store).member!);
        events.onClosed();
        events = attach(link);
      },
      onRefused: refused,
    });
    return {
      onMessage: (message) => events.onMessage(message),
      onClosed: () => events.onClosed(),
    };
  }

  /** Returns what a link that came up is given to. */
  function run(member: Member): (link: Link) => LinkEvents {
    const interfaces = openInterfaces(provider, device, member);
    const own: PneKeysOptions = {
      provider,
      store: device,
      onContent(): void {
        counts.contents += 1;
        sampler.report();
      },
      onGroup(): void {},
      onWithheld(): void {},
    };
    const keys = openKeys(own, interfaces.hop);
    const pne: Pne = createPne({
      pneId: place.pneId,
      ...interfaces,
      after,
      payloads,
      boots: device.boots,
      keys,
      onAgreed(agreement): void {
        sayAgreed(agreement);
        if (agreement.name === 'CPNS-3') connection.proved();
      },
      onRegistered: () => say('registered'),
      onContent(value) {
        sampler.configure(value);
        publish(keys, value, counts);
      },
      onReceipt(_handle, outcome) {
        connection.proved();
        counts[outcome === 'accepted' ? 'accepted' : 'refused'] += 1;
        sampler.proceed();
      },
      onRefused: refused,
    });
    const sampler: Sampler = createSampler(pne, counts, (events) =>
      openSensor(store, connections, payloads, events),
    );
    return (link) => pne.attach(link);
  }

  function refused(reason: ReasonName): void {
    counts.refused += 1;
    sayRefused(reason);
  }
}

/** The server may have a device say something to a group that it is a member of: `{ publish: reference, value }`. */
function publish(keys: PneKeys, asked: unknown, counts: Counts): void {
  if (typeof asked !== 'object' || asked === null || !('publish' in asked) || !('value' in asked)) return;
  try {
    keys.publish(Number(asked.publish), asked.value);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    counts.refused += 1;
  }
}

/** A simulated board has the number of its host's feed in its store; a real one senses itself. */
function openSensor(
  store: Store,
  connections: Connections,
  payloads: PnePayloads,
  events: SensorEvents,
): Sensor {
  const number = readCounter(store, 'sensor');
  return number === undefined
    ? openSelfSensor(events)
    : openHostSensor(connections.host(number), payloads, events);
}

function openInterfaces(
  provider: CryptoProvider,
  store: SealedStore,
  { own, gateway, server }: Member,
): Pick<PneOptions, 'hop' | 'endToEnd'> {
  return {
    hop: {
      ...staticDhInterface('pne', 'CPNS-1', provider, own, [gateway]),
      resumption: storedResumptionSlot(store, PeerIndex.gateway, own.credential, gateway),
    },
    endToEnd: {
      ...staticDhInterface('pne', 'CPNS-3', provider, own, [server]),
      resumption: storedResumptionSlot(store, PeerIndex.server, own.credential, server),
    },
  };
}

/** Undefined where there is none, or what is there is no number. */
function readCounter(store: Store, key: string): number | undefined {
  const bytes = store.read(key);
  if (bytes === undefined) return undefined;
  try {
    const reader = new CborReader(bytes);
    const counter = reader.unsigned();
    reader.end();
    return counter;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return undefined;
  }
}
