// SPDX-License-Identifier: Apache-2.0

/** What a run is told, and what comes of it. */
import type { GroupRecord } from '../../src/roles/group-record.ts';
import type { Agreement } from '../../src/roles/interface.ts';
import type { Reading } from '../../src/roles/server-store.ts';
import type { AttackDesk } from './attacks/desk.ts';
import type { Radio } from './ble/radio.ts';
import type { Board } from './board.ts';
import type { PneFigures } from './figures.ts';
import type { Row, SkippedRow } from './input/row.ts';
import type { MissingReading } from './ledger.ts';
import type { Network } from './network.ts';
import type { NetworkOptions } from './network-options.ts';
import type { Scenario } from './scenario/ims/scenario.ts';

export interface RunOptions {
  /** The air, where boards have a radio. It ends with the run. */
  readonly radio?: Radio;
  /** PNEs are dealt to them in turn. */
  readonly boards: readonly Board[];
  readonly pnes: number;
  /** A PNE starts when the one before it is secured: somebody is asked about each. */
  readonly isOneByOne?: boolean;
  /** COSE AEAD for CPNS-3; undefined leaves it to the negotiation. */
  readonly algorithm: number | undefined;
  readonly intervalMs: number;
  readonly rows: AsyncIterable<Row>;
  /** Ends the run when every PNE is done; else it goes on until `stop` is aborted. */
  readonly once: boolean;
  /** Nothing more is sent then; what is under way may still arrive. */
  readonly stop: AbortSignal;
  onAgreed(agreement: Agreement): void;
  /** What is told of PNEs that join by a code: the last does. Without it all are provisioned. */
  readonly joining?: {
    onCode(pne: string, code: string): void;
    onJoined(pne: string): void;
  };
  /** Who administers the run gets it once there is a network. */
  onNetwork?(control: RunControl): void;
  /** A group has changed, or one more of its members has its key. */
  onGroups?(): void;
  /** The process of a PNE is started. */
  onStarted?(pne: string): void;
  /** Who watches the network. */
  readonly watcher?: Pick<NetworkOptions, 'onLink' | 'watch' | 'onGone' | 'onRevoked'>;
  onProgress(pnes: readonly PneFigures[]): void;
  /** A reading that the server verified. */
  onReading?(pne: string, reading: Reading): void;
  onSkipped(row: SkippedRow): void;
  readonly scenario?: Scenario | undefined;
  /** Who attacks the network, once all PNEs are secured. */
  readonly attackers?: Pick<AttackDesk, 'taps' | 'begin'>;
  /** The gateway, or the server of that PNE's, has refused a message. */
  onRefused(entity: string, reason: string): void;
  /** Something happened to a group. */
  onGroup(line: string): void;
  /** Something the user should know, in one line. */
  onProblem(problem: string): void;
}

/** What may be done to a run from outside. */
export interface RunControl {
  readonly registrar: Network['registrar'];
  readonly keys: Network['keys'];
  /** The gateway's store, beside that of the server in `registrar`. */
  readonly gatewayStore: Network['gatewayStore'];
  /** Registers a code for one more PNE, and starts that. Refuses a name that no code can have, or that was there. */
  add(pne: string): Promise<void>;
  /** Switches a PNE off that is withdrawn. */
  switchOff(pne: string): Promise<void>;
}

export interface RunResult {
  readonly pnes: readonly PneFigures[];
  /** The first of them, and how many there are. */
  readonly skipped: readonly SkippedRow[];
  readonly skippedCount: number;
  readonly missing: readonly MissingReading[];
  /** Readings that had not arrived when the run was stopped. */
  readonly underWay: number;
  readonly problems: readonly string[];
  /** As the server has it at the end, and whether all was shown of it. */
  readonly group: GroupRecord | undefined;
  readonly isGroupShown: boolean;
  /** What each PNE agreed on with gateway and server, the last time. */
  readonly agreements: readonly Agreement[];
}
