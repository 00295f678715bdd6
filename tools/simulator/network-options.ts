// SPDX-License-Identifier: Apache-2.0

/** What a network is told, and tells. */
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import type { Link, LinkEvents } from '../../src/link/link.ts';
import type { InterfaceName } from '../../src/negotiation/policies.ts';
import type { ReasonName } from '../../src/refusal.ts';
import type { Agreement } from '../../src/roles/interface.ts';
import type { Reading } from '../../src/roles/server-store.ts';
import type { Taps } from './attacks/target.ts';
import type { Scenario } from './scenario/ims/scenario.ts';

export interface NetworkOptions {
  readonly pneIds: readonly string[];
  /** COSE algorithm that the server's records use; undefined leaves the choice to the negotiation. */
  readonly algorithm: number | undefined;
  readonly intervalMs: number;
  onAgreed(agreement: Agreement): void;
  onReading(pneId: string, reading: Reading): void;
  /** `at`: the interface whose message it was. */
  onRefused(reason: ReasonName, pneId: string | undefined, at: InterfaceName): void;
  /** A PNE has joined by its code. */
  onJoined?(pneId: string): void;
  /** Its credential is withdrawn, at the server. */
  onGone?(pneId: string): void;
  /** What it was granted is revoked, at the server. */
  onRevoked?(pneId: string): void;
  /** The gateway's link to the server is there, or away: without it a PNE's link is closed at once. */
  onServerLink?(isThere: boolean): void;
  /** A member of a group is known to have its present key, or a group has changed. */
  onHolder(): void;
  /** Has whoever watches them attach the links of PNEs. */
  readonly onLink?: (link: Link, attach: (link: Link) => LinkEvents) => LinkEvents;
  /** What server and gateway compute with, where somebody watches their records. */
  readonly watch?: (provider: CryptoProvider, entity: 'gateway' | 'server') => CryptoProvider;
  /** What is below the interfaces, and beside the server, where it is more than in other runs. */
  readonly scenario?: Scenario | undefined;
  /** Where attackers sit, if there are to be any. */
  readonly taps?: Taps;
}
