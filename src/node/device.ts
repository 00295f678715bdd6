// SPDX-License-Identifier: Apache-2.0

/** A PNE that runs on Node and reaches its gateway by TCP. */
import type { CryptoProvider } from '../crypto/provider.ts';
import type { BootStore } from '../delivery/boot.ts';
import type { After } from '../link/timer.ts';
import { compactPayloads } from '../payload/compact.ts';
import type { ReasonName } from '../refusal.ts';
import { createPne } from '../roles/pne.ts';
import type { Outcome } from '../roles/pne-readings.ts';
import { openProvisioning } from '../roles/provisioned.ts';
import { keepConnected } from './reconnect.ts';
import { connectTcp } from './tcp.ts';
import { after as nodeAfter } from './timer.ts';

export interface DeviceOptions {
  readonly provider: CryptoProvider;
  /** What `pne-runtime admin provision` has written; with the private key in it, which the provider keeps a copy of. */
  readonly provisioning: Uint8Array;
  /** Where its boot counter lies: without one that stays, its second start is taken for a copy of it. */
  readonly boots: BootStore;
  readonly after?: After;
  /** A content of the server. Called once for each. */
  onContent?(value: unknown): void;
  onRefused?(reason: ReasonName): void;
  /** Its gateway cannot be reached, for this reason. It is tried again. */
  onUnreachable?(error: Error): void;
}

export interface Device {
  /** Resolves with what became of a reading. Refuses `queueFull` where 16 wait, and what src/payload refuses. */
  report(value: unknown): Promise<Outcome>;
  /** Closes its link, and makes no other: readings that wait have no outcome. */
  close(): void;
}

export function startDevice(options: DeviceOptions): Device {
  const { provider, provisioning, boots, after = nodeAfter } = options;
  const { pneId, hop, endToEnd, gatewayPort, gatewayAddress } = openProvisioning(provider, provisioning);
  const waiting = new Map<number, (outcome: Outcome) => void>();
  const pne = createPne({
    ...{ pneId, hop, endToEnd, after, boots, payloads: compactPayloads },
    onAgreed(): void {},
    onContent: (value) => options.onContent?.(value),
    onReceipt(handle, outcome): void {
      waiting.get(handle)?.(outcome);
      waiting.delete(handle);
    },
    onRefused: (reason) => options.onRefused?.(reason),
  });
  const connection = keepConnected({
    connect: (onLink) =>
      connectTcp(gatewayPort, onLink, gatewayAddress).catch((error: Error) => {
        options.onUnreachable?.(error);
        throw error;
      }),
    onLink: (link) => pne.attach(link),
    after,
    random: Math.random,
  });
  return {
    async report(value): Promise<Outcome> {
      const handle = pne.report(value);
      return new Promise((resolve) => waiting.set(handle, resolve));
    },
    close: () => connection.close(),
  };
}
