// SPDX-License-Identifier: Apache-2.0

/** The device program: wires a PNE from its store, its crypto provider, its link and its sensor. */
import { CborReader } from '../src/cbor/reader.ts';
import { CborWriter } from '../src/cbor/writer.ts';
import { createNobleProvider } from '../src/crypto/noble/provider.ts';
import type { Link, LinkEvents } from '../src/link/link.ts';
import { refuse } from '../src/refusal.ts';
import { createPne, type Pne } from '../src/roles/pne.ts';
import { decodeProvisioning, type Provisioning } from '../src/roles/provisioning.ts';
import { createSession, type Session } from '../src/session/session.ts';
import { openHostSensor } from './host-sensor.ts';
import { fillRandom } from './platform/random.ts';
import { openStore, type Store } from './platform/store.ts';
import { after } from './platform/timer.ts';
import { createSampler, type Sampler } from './sampler.ts';
import { openSelfSensor } from './self-sensor.ts';
import type { Sensor, SensorEvents } from './sensor.ts';
import { connectStream } from './stream-link.ts';

const RECONNECT_MS = Object.freeze([100, 500, 2000, 10000]);

export function startPne(): void {
  const store = openStore('pne');
  const provisioning = decodeProvisioning(store.read('provisioning') ?? refuse('notProvisioned'));
  const firstNumber = readCounter(store, 'sequence') ?? 0;
  const counts = { sent: 0, accepted: 0, refused: 0 };
  const pne: Pne = createPne({
    pneId: provisioning.pneId,
    session: openSession(provisioning, store, firstNumber),
    after,
    firstReadingId: firstNumber,
    onContent: (value) => sampler.configure(value),
    onReceipt(_id, accepted) {
      counts[accepted ? 'accepted' : 'refused'] += 1;
      sampler.proceed();
    },
    onRefused() {
      counts.refused += 1;
    },
  });
  const sampler: Sampler = createSampler(pne, counts, (events) => openSensor(store, events));
  keepConnected(provisioning, (link) => pne.attach(link));
}

/** A simulated board has the port of its host's feed in its store; a real one senses itself. */
function openSensor(store: Store, events: SensorEvents): Sensor {
  const port = readCounter(store, 'sensor');
  return port === undefined ? openSelfSensor(events) : openHostSensor(port, events);
}

/** Numbers below the stored bound may have been used: the session starts there. */
function openSession(provisioning: Provisioning, store: Store, firstNumber: number): Session {
  const provider = createNobleProvider(fillRandom);
  const masterSecret = provider.secret(provisioning.masterSecret);
  provisioning.masterSecret.fill(0);
  return createSession(
    {
      provider,
      algorithm: provisioning.algorithm,
      masterSecret,
      masterSalt: provisioning.masterSalt,
      senderId: provisioning.senderId,
      recipientId: provisioning.recipientId,
    },
    {
      firstSequenceNumber: firstNumber,
      reserve: (upTo: number) => store.write('sequence', new CborWriter().integer(upTo).finish()),
    },
  );
}

function keepConnected(provisioning: Provisioning, attach: (link: Link) => LinkEvents): void {
  let failures = 0;

  function connect(): void {
    connectStream(provisioning.gatewayAddress, provisioning.gatewayPort, adopt, retry);
  }

  function adopt(link: Link): LinkEvents {
    const events = attach(link);
    return {
      onMessage(message: Uint8Array): void {
        failures = 0;
        events.onMessage(message);
      },
      onClosed(): void {
        events.onClosed();
        retry();
      },
    };
  }

  function retry(): void {
    after(RECONNECT_MS[Math.min(failures, RECONNECT_MS.length - 1)]!, connect);
    failures += 1;
  }

  connect();
}

function readCounter(store: Store, key: string): number | undefined {
  const bytes = store.read(key);
  if (bytes === undefined) return undefined;
  const reader = new CborReader(bytes);
  const counter = reader.unsigned();
  reader.end();
  return counter;
}
