// SPDX-License-Identifier: Apache-2.0

/** What a run says at its end, for scripts and for people. */
import { algorithmParameters } from '../../src/crypto/algorithms.ts';
import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { createSession } from '../../src/session/session.ts';
import type { RunResult } from './run.ts';

export interface Engine {
  readonly name: string;
  readonly version: string;
}

/** Exit statuses of the simulator. */
export const ExitStatus = Object.freeze({ ok: 0, missing: 1, usage: 2, skipped: 3 } as const);

export type ExitStatusCode = (typeof ExitStatus)[keyof typeof ExitStatus];

/** Missing or altered readings weigh more than rows that never became one. */
export function exitStatus(result: RunResult, once: boolean): ExitStatusCode {
  if (once && (result.missing.length > 0 || result.pnes.some(({ lost }) => lost))) return ExitStatus.missing;
  if (result.missing.some(({ problem }) => problem === 'altered')) return ExitStatus.missing;
  return result.skipped.length > 0 ? ExitStatus.skipped : ExitStatus.ok;
}

/** The document that `--json` prints. */
export function jsonReport(
  result: RunResult,
  algorithm: number,
  engine: Engine,
  status: ExitStatusCode,
): object {
  return {
    ok: status === ExitStatus.ok,
    engine,
    pnes: result.pnes.map((pne) => ({
      id: pne.id,
      board: 'linux',
      sent: pne.sent,
      received: pne.received,
      refused: pne.refusedByPne + pne.refusedByServer,
      heapBytes: pne.heapBytes,
      heapPeakBytes: pne.heapPeakBytes,
    })),
    record: recordFacts(algorithm),
    skipped: result.skipped,
    missing: result.missing,
    problems: result.problems,
  };
}

export interface RecordFacts {
  readonly mode: string;
  readonly algorithm: string;
  /** Bytes that a record adds to its plaintext, for a 1-byte kid and a sequence number below 128. */
  readonly overheadBytes: number;
}

/** Measured on a record of a session like the run's. */
export function recordFacts(algorithm: number): RecordFacts {
  const provider = createNodeProvider();
  const session = createSession(
    {
      provider,
      algorithm,
      masterSecret: provider.secret(new Uint8Array(16)),
      masterSalt: new Uint8Array(8),
      senderId: Uint8Array.of(0),
      recipientId: Uint8Array.of(1),
    },
    { firstSequenceNumber: 0, reserve(): void {} },
  );
  const plaintext = new Uint8Array(32);
  return {
    mode: session.mode,
    algorithm: algorithmParameters(algorithm)?.name ?? String(algorithm),
    overheadBytes: session.protect(plaintext).length - plaintext.length,
  };
}
