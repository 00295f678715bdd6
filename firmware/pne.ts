// SPDX-License-Identifier: Apache-2.0

/** The device program: wires a PNE from its store, its crypto provider, its link and its sensor. */
import { CborReader } from '../src/cbor/reader.ts';
import type { CryptoProvider } from '../src/crypto/provider.ts';
import { ccsCredential } from '../src/handshake/credential.ts';
import type { PayloadCodec } from '../src/payload/payload.ts';
import { Refusal, refuse } from '../src/refusal.ts';
import { staticDhInterface } from '../src/roles/interface.ts';
import { createPne, type Pne, type PneOptions } from '../src/roles/pne.ts';
import { decodeProvisioning, type Provisioning } from '../src/roles/provisioning.ts';
import { PeerIndex, storedResumptionSlot } from '../src/roles/stored-resumption.ts';
import type { SealedStore } from '../src/store/store.ts';
import type { Connect } from './connect.ts';
import { openDeviceStore } from './device-store.ts';
import { openHostSensor } from './host-sensor.ts';
import { openStore, type Store } from './platform/store.ts';
import { after } from './platform/timer.ts';
import { keepConnected } from './reconnect.ts';
import { createSampler, type Sampler } from './sampler.ts';
import { openSelfSensor } from './self-sensor.ts';
import type { Sensor, SensorEvents } from './sensor.ts';

/** How this image reaches others. */
export interface Connections {
  gateway(provisioning: Provisioning): Connect;
  /** The host of a simulated board, which feeds its sensor, by the number in its store. */
  host(number: number): Connect;
}

export function startPne(provider: CryptoProvider, payloads: PayloadCodec, connections: Connections): void {
  const store = openStore('pne');
  const provisioning = decodeProvisioning(store.read('provisioning') ?? refuse('notProvisioned'));
  const kept = openDeviceStore(provider);
  const counts = { sent: 0, accepted: 0, refused: 0 };
  const pne: Pne = createPne({
    pneId: provisioning.pneId,
    ...openInterfaces(provisioning, provider, kept),
    after,
    payloads,
    boots: kept.boots,
    onAgreed({ name }): void {
      if (name === 'CPNS-3') connection.proved();
    },
    onContent: (value) => sampler.configure(value),
    onReceipt(_handle, outcome) {
      connection.proved();
      counts[outcome === 'accepted' ? 'accepted' : 'refused'] += 1;
      sampler.proceed();
    },
    onRefused() {
      counts.refused += 1;
    },
  });
  const sampler: Sampler = createSampler(pne, counts, (events) =>
    openSensor(store, connections, payloads, events),
  );
  const connection = keepConnected({
    connect: connections.gateway(provisioning),
    attach: (link) => pne.attach(link),
    after,
    fillRandom: (target) => provider.fillRandom(target),
  });
}

/** A simulated board has the number of its host's feed in its store; a real one senses itself. */
function openSensor(
  store: Store,
  connections: Connections,
  payloads: PayloadCodec,
  events: SensorEvents,
): Sensor {
  const number = readCounter(store, 'sensor');
  return number === undefined
    ? openSelfSensor(events)
    : openHostSensor(connections.host(number), payloads, events);
}

function openInterfaces(
  provisioning: Provisioning,
  provider: CryptoProvider,
  kept: SealedStore,
): Pick<PneOptions, 'hop' | 'endToEnd'> {
  const credential = ccsCredential(provisioning.ownCcs);
  const privateKey = provider.privateKey(credential.curve, provisioning.privateKey);
  provisioning.privateKey.fill(0);
  const own = { privateKey, credential };
  const gateway = ccsCredential(provisioning.gatewayCcs);
  const server = ccsCredential(provisioning.serverCcs);
  return {
    hop: {
      ...staticDhInterface('pne', 'CPNS-1', provider, own, [gateway]),
      resumption: storedResumptionSlot(kept, PeerIndex.gateway, credential, gateway),
    },
    endToEnd: {
      ...staticDhInterface('pne', 'CPNS-3', provider, own, [server]),
      resumption: storedResumptionSlot(kept, PeerIndex.server, credential, server),
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
