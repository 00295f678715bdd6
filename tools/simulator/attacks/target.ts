// SPDX-License-Identifier: Apache-2.0

/** A network at work as an attacker meets it: where there is to listen and to send, and what has been stolen. */
import type { Claims } from '../../../src/authorization/claims.ts';
import type { CryptoProvider } from '../../../src/crypto/provider.ts';
import type { Credential, Identity } from '../../../src/handshake/credential.ts';
import type { ReasonName } from '../../../src/refusal.ts';
import type { Reading } from '../../../src/roles/server-store.ts';
import type { Radio } from '../ble/radio.ts';
import type { Ledger } from '../ledger.ts';
import type { LinkTap } from './tap.ts';

export interface Refused {
  readonly reason: ReasonName;
  /** Where it was, by the name of the interface, and of which PNE where that is known. */
  readonly at: string;
  readonly pne: string | undefined;
}

export interface Arrival {
  readonly pne: string;
  readonly reading: Reading;
}

export interface Taps {
  /** On the way from the gateway to the server. */
  readonly wire: LinkTap;
  /** Within the gateway: the routes that it passes on. */
  readonly relay: LinkTap;
}

/** Readings that PNEs were given, and what the server has of them. */
export type Account = Pick<Ledger, 'open' | 'hasArrived' | 'changed'>;

export interface Target {
  readonly provider: CryptoProvider;
  readonly taps: Taps;
  /** Where PNEs have one. */
  readonly radio: Pick<Radio, 'air' | 'shows' | 'problemOf'> | undefined;
  /** TCP port of the gateway. */
  readonly gatewayPort: number;
  readonly gateway: Credential;
  readonly server: Credential;
  /** PNEs that were provisioned, and whose private keys were stolen. */
  readonly victims: readonly Identity[];
  /** A device that the gateway knows, and that may do nothing. */
  readonly visitor: Identity;
  readonly account: Account;
  /** Has the server issue a grant for its gateway. `holder`: whose key it is bound to. */
  issue(holder: Credential, expiry: Claims['expiry']): Uint8Array;
  /** Has the server say something to each PNE, so that messages pass in both directions. */
  nudge(): void;
  /** Whether readings of a PNE are among the latest that arrived. */
  hasReported(pne: string): boolean;
  /** Starts a PNE again. */
  restart(pne: string): Promise<void>;
  /** Puts back into a PNE's store what was in it when it was provisioned, and starts the PNE. */
  rollBack(pne: string): Promise<void>;
  /** Each returns what ends it. */
  onRefused(tell: (refused: Refused) => void): () => void;
  onArrival(tell: (arrival: Arrival) => void): () => void;
}
