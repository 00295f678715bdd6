// SPDX-License-Identifier: Apache-2.0

/** Test code: the two ends of one interface as roles run them, each alone, and a clock that tests move. */
import { PLAIN_STREAM } from '../link/attestation.ts';
import { VirtualTime } from '../link/time.testing.ts';
import type { ReasonName } from '../refusal.ts';
import { type Acceptance, accept } from './acceptance.ts';
import { IDENTITIES, PROVIDER } from './identities.testing.ts';
import { initiate } from './initiation.ts';
import type { Initiation } from './initiation-options.ts';
import { type Agreement, type InterfaceOptions, staticDhInterface } from './interface.ts';

/** What an end did. */
export interface Seen {
  readonly sent: Uint8Array[];
  readonly agreements: Agreement[];
  readonly refusals: ReasonName[];
}

export const PNE_END = staticDhInterface('pne', 'CPNS-1', PROVIDER, IDENTITIES.pne, [
  IDENTITIES.gateway.credential,
]);
export const GATEWAY_END = staticDhInterface('gateway', 'CPNS-1', PROVIDER, IDENTITIES.gateway, [
  IDENTITIES.pne.credential,
  IDENTITIES.otherPne.credential,
]);

export interface EndOptions {
  readonly clock?: VirtualTime;
  /** Is given each message besides `sent`. */
  send?(message: Uint8Array): void;
}

export function createTestResponder(own: InterfaceOptions = GATEWAY_END, options: EndOptions = {}) {
  const seen: Seen = { sent: [], agreements: [], refusals: [] };
  const ids = new Set<number>();
  const acceptance = accept({
    ...shared(own, seen, options),
    onAgreed(agreement): void {
      const former = seen.agreements[seen.agreements.length - 1];
      if (former !== undefined) ids.delete(former.connectionId[0]!);
      seen.agreements.push(agreement);
    },
    connectionIds: {
      take(other) {
        let id = 1;
        while (ids.has(id) || (other.length === 1 && other[0] === id)) id += 1;
        ids.add(id);
        return Uint8Array.of(id);
      },
      release: ([id]) => void ids.delete(id!),
    },
  });
  return { ...seen, ...endOf(acceptance), ids };
}

export function createTestInitiator(own: InterfaceOptions = PNE_END, options: EndOptions = {}) {
  const seen: Seen = { sent: [], agreements: [], refusals: [] };
  let failures = 0;
  const initiation = initiate({
    ...shared(own, seen, options),
    onFailed(): void {
      failures += 1;
    },
  });
  return { ...seen, ...endOf(initiation), failures: () => failures };
}

function endOf(end: Acceptance | Initiation) {
  return { receive: (message: Uint8Array) => end.receive(message), stop: () => end.stop() };
}

function shared(own: InterfaceOptions, seen: Seen, { clock = new VirtualTime(), send }: EndOptions) {
  return {
    own,
    after: clock.after,
    attestation: () => PLAIN_STREAM,
    send(message: Uint8Array): void {
      seen.sent.push(message.slice());
      send?.(message.slice());
    },
    onAgreed: (agreement: Agreement) => void seen.agreements.push(agreement),
    onRefused: (reason: ReasonName) => void seen.refusals.push(reason),
  };
}
