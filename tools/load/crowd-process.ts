// SPDX-License-Identifier: Apache-2.0

/** All PNEs of a load, in a process that is not killed: what they know to be confirmed is what is compared. */
import { ccsCredential } from '../../src/handshake/credential.ts';
import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { type NewIdentity, newIdentity } from '../../src/node/identity.ts';
import { serve } from './child.ts';
import { LoadPne } from './load-pne.ts';

export interface Sent {
  readonly pneId: string;
  readonly reported: number;
  readonly accepted: readonly number[];
}

export interface Progress {
  /** PNEs of which a reading was confirmed, and readings of all. */
  readonly ready: number;
  readonly accepted: number;
  /** PNEs that wait for a receipt. */
  readonly waiting: number;
}

/** PNEs that run their first handshakes at a time: more would wait so long that they send them again. */
const CONNECTING = 24;
/** How often a paced load looks how many readings are due. */
const TICK_MS = 5;

const provider = createNodeProvider();
let identities: readonly NewIdentity[] = [];
let pnes: LoadPne[] = [];
let accepted = 0;
let latencies: number[] = [];
/** Each reports the next reading as soon as the former is confirmed. */
let isClosedLoop = false;
let pacing: NodeJS.Timeout | undefined;

export type CrowdApi = typeof handlers;

const handlers = {
  /** Returns their credentials. */
  make({ count }: { readonly count: number }): Uint8Array[] {
    identities = Array.from({ length: count }, (_, index) => newIdentity(provider, `pne-${index + 1}`));
    return identities.map(({ credential }) => credential.cred);
  },

  /** Connects all, and resolves when each has had a reading confirmed. PNE i is at gateway i modulo their number. */
  async connect({ server, gateways }: ConnectOptions): Promise<void> {
    const serverCredential = ccsCredential(server);
    const at = gateways.map(({ credential, port }) => ({ gateway: ccsCredential(credential), port }));
    pnes = identities.map((identity, index) => {
      const place = at[index % at.length]!;
      return new LoadPne({ provider, identity, server: serverCredential, ...place, onAccepted });
    });
    let next = 0;
    await Promise.all(
      Array.from({ length: CONNECTING }, async () => {
        for (let pne = pnes[next++]; pne !== undefined; pne = pnes[next++]) await connectOne(pne);
      }),
    );
  },

  progress: progressNow,

  /** One reading of each PNE is under way, all the time. */
  saturate(): void {
    isClosedLoop = true;
    latencies = [];
    for (const pne of pnes) if (pne.isIdle) pne.report();
  },

  /** So many readings a second of all PNEs together, of one after the other. */
  pace({ perSecond }: { readonly perSecond: number }): void {
    rest();
    latencies = [];
    const start = performance.now();
    let [due, turn] = [0, 0];
    pacing = setInterval(() => {
      for (; due < ((performance.now() - start) * perSecond) / 1000; due += 1, turn += 1) {
        const pne = pnes[turn % pnes.length]!;
        if (pne.room > 0) pne.report();
      }
    }, TICK_MS);
  },

  /** Nobody reports anything new. Returns how long the readings took to their receipts since that was last begun. */
  rest(): Float64Array {
    rest();
    return Float64Array.from(latencies);
  },

  sent(): Sent[] {
    return pnes.map(({ pneId, reported, accepted: own }) => ({ pneId, reported, accepted: own }));
  },
};

interface ConnectOptions {
  readonly server: Uint8Array;
  readonly gateways: readonly { readonly credential: Uint8Array; readonly port: number }[];
}

const firstOf = new Map<LoadPne, () => void>();

function connectOne(pne: LoadPne): Promise<void> {
  return new Promise((resolve) => {
    firstOf.set(pne, resolve);
    pne.report();
    pne.connect();
  });
}

function onAccepted(pne: LoadPne, milliseconds: number): void {
  accepted += 1;
  latencies.push(milliseconds);
  firstOf.get(pne)?.();
  firstOf.delete(pne);
  if (isClosedLoop) pne.report();
}

function rest(): void {
  isClosedLoop = false;
  clearInterval(pacing);
}

function progressNow(): Progress {
  return {
    ready: pnes.filter((pne) => pne.accepted.length > 0).length,
    accepted,
    waiting: pnes.filter((pne) => !pne.isIdle).length,
  };
}

serve(handlers);
