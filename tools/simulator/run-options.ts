// SPDX-License-Identifier: Apache-2.0

/** What a run is told, and what comes of it. */
import type { GroupRecord } from '../../src/roles/group-record.ts';
import type { Agreement } from '../../src/roles/interface.ts';
import type { AttackDesk } from './attacks/desk.ts';
import type { Radio } from './ble/radio.ts';
import type { Board } from './board.ts';
import type { PneFigures } from './figures.ts';
import type { Row, SkippedRow } from './input/row.ts';
import type { MissingReading } from './ledger.ts';

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
  /** The last PNE joins by a code, and is told of. Without it all are provisioned. */
  readonly joining?: {
    onCode(pne: string, code: string): void;
    onJoined(pne: string): void;
  };
  onProgress(pnes: readonly PneFigures[]): void;
  /** A reading that the server verified; `id` is the PNE's. */
  onReading?(pne: string, id: number, value: unknown): void;
  onSkipped(row: SkippedRow): void;
  /** Who attacks the network, once all PNEs are secured. */
  readonly attackers?: Pick<AttackDesk, 'taps' | 'begin'>;
  /** The gateway, or the server of that PNE's, has refused a message. */
  onRefused(entity: string, reason: string): void;
  /** Something happened to a group. */
  onGroup(line: string): void;
  /** Something the user should know, in one line. */
  onProblem(problem: string): void;
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
