// SPDX-License-Identifier: Apache-2.0

/** What a run says at its end, for scripts and for people. */
import { algorithmParameters } from '../../src/crypto/algorithms.ts';
import { type InterfaceFacts, interfaceFacts } from '../../src/node/page/interface-facts.ts';
import type { AttackView } from '../../src/node/page/state.ts';
import type { GroupRecord } from '../../src/roles/group-record.ts';
import type { Agreement } from '../../src/roles/interface.ts';
import type { Engine } from '../build/xs.ts';
import { ExitStatus } from './exit-status.ts';
import { recordOverheadBytes } from './overhead.ts';
import type { RunResult } from './run-options.ts';
import type { ScenarioFacts } from './scenario/ims/scenario.ts';

/**
 * Attacks that were not refused, and missing or altered readings, weigh more than what ended the run from outside
 * (`ended`), and that more than rows that never became a reading.
 */
export function exitStatus(
  result: RunResult,
  ended: number | undefined,
  attacks: readonly AttackView[] = [],
  isScenarioWhole = true,
): number {
  if (attacks.some(({ status }) => status === 'succeeded' || status === 'failed')) return ExitStatus.missing;
  const isWhole = result.missing.length === 0 && result.isGroupShown && !result.pnes.some(({ lost }) => lost);
  if (!isWhole || !(isScenarioWhole || ended !== undefined)) return ExitStatus.missing;
  return ended ?? (result.skippedCount > 0 ? ExitStatus.skipped : ExitStatus.ok);
}

/** The document that `--json` prints. */
export function jsonReport(
  result: RunResult,
  engine: Engine,
  status: number,
  attacks: readonly AttackView[],
  scenario?: ScenarioFacts,
): object {
  return {
    ok: status === ExitStatus.ok,
    engine,
    pnes: result.pnes.map((pne) => ({
      id: pne.id,
      board: pne.board,
      engine: pne.engine,
      sent: pne.sent,
      received: pne.received,
      refused: pne.refusedByPne + pne.refusedByServer,
      heapBytes: pne.heapBytes,
      heapPeakBytes: pne.heapPeakBytes,
    })),
    record: recordFacts(result.agreements) ?? null,
    interfaces: result.agreements.map(interfaceFacts).sort(byPneAndName),
    groups: result.group === undefined ? [] : [groupFacts(result.group)],
    ...(scenario !== undefined && { scenario }),
    attacks: attacks.map(attackFacts),
    skipped: result.skipped,
    skippedRows: result.skippedCount,
    missing: result.missing,
    underWay: result.underWay,
    problems: result.problems,
  };
}

function groupFacts({ reference, name, key, members, rekeys }: GroupRecord): object {
  return { id: reference, name, epoch: key.epoch, members: members.map(({ pneId }) => pneId), rekeys };
}

function attackFacts({ name, status, reason, clause, control, fared, lines }: AttackView): object {
  return {
    name,
    refused: status === 'refused',
    reason: reason ?? null,
    clause,
    control: { works: control !== '', how: control },
    readings: fared ?? null,
    seen: lines,
  };
}

/** What gateways have agreed on comes first. */
function byPneAndName(a: InterfaceFacts, b: InterfaceFacts): number {
  return `${a.pne ?? ''} ${a.name}` < `${b.pne ?? ''} ${b.name}` ? -1 : 1;
}

interface RecordFacts {
  readonly mode: string;
  readonly algorithm: string;
  /** Bytes that a record adds to its plaintext, for a 1-byte kid and a sequence number below 128. */
  readonly overheadBytes: number;
}

/** How the PNEs' readings are protected from end to end, once one has agreed on it. */
function recordFacts(agreements: readonly Agreement[]): RecordFacts | undefined {
  const algorithm = agreements.find(({ name }) => name === 'CPNS-3')?.choice.toResponder.recordAlgorithm;
  const parameters = algorithm === undefined ? undefined : algorithmParameters(algorithm);
  if (algorithm === undefined || parameters === undefined) return undefined;
  return {
    mode: parameters.kind === 'aead' ? 'encrypt' : 'integrity-only',
    algorithm: parameters.name,
    overheadBytes: recordOverheadBytes(algorithm),
  };
}
