// SPDX-License-Identifier: Apache-2.0

/** What was acknowledged, beside what was delivered. */
import type { Sent } from './device.ts';
import type { Ban } from './revocations.ts';

export interface Verdict {
  readonly acknowledged: number;
  /** Acknowledged, and not in the output. */
  readonly lost: number;
  /** In the output more than once. */
  readonly doubled: number;
  /** In the output, and never sent. */
  readonly invented: number;
  /** In the output, and come when its PNE had no grant. */
  readonly banned: number;
  /** Of the acknowledged: those that an external entity did not get, and those that it got more than once. */
  readonly unread: number;
  readonly readTwice: number;
  /** The first lines of the output that are in it more than once, to see when and how. */
  readonly doubledLines: readonly string[];
}

const SHOWN = 64;

interface Line {
  readonly time: string;
  readonly pne: string;
  readonly value: number;
}

/** `output`: lines of src/node/reading-lines.ts. `came`: how often each reading came at the entity. */
export function judge(
  sent: readonly Sent[],
  output: string,
  bans: readonly Ban[],
  came: ReadonlyMap<string, number>,
): Verdict {
  const lines = output
    .split('\n')
    .filter((each) => each !== '')
    .map((line) => JSON.parse(line) as Line);
  const delivered = new Map<string, number>();
  for (const line of lines) delivered.set(nameOf(line), (delivered.get(nameOf(line)) ?? 0) + 1);
  const reported = new Map(sent.map((each) => [each.pneId, each.reported]));
  const acknowledged = acknowledgedOf(sent);
  const isBanned = bannedBy(bans);
  return {
    acknowledged: acknowledged.length,
    lost: acknowledged.filter((name) => !delivered.has(name)).length,
    doubled: [...delivered.values()].filter((count) => count > 1).length,
    invented: lines.filter(({ pne, value }) => !(value < (reported.get(pne) ?? 0))).length,
    banned: lines.filter(isBanned).length,
    unread: acknowledged.filter((name) => !came.has(name)).length,
    doubledLines: lines
      .filter((line) => delivered.get(nameOf(line))! > 1)
      .slice(0, SHOWN)
      .map((line) => JSON.stringify(line)),
    readTwice: [...came.values()].filter((times) => times > 1).length,
  };
}

/** Whether all is as it has to be. */
export function isGood({ lost, doubled, invented, banned, unread, readTwice }: Verdict): boolean {
  return lost + doubled + invented + banned + unread + readTwice === 0;
}

/** `PNE VALUE` of each. */
export function acknowledgedOf(sent: readonly Sent[]): string[] {
  return sent.flatMap(({ pneId, accepted }) => [...accepted].map((value) => `${pneId} ${value}`));
}

function nameOf({ pne, value }: Line): string {
  return `${pne} ${value}`;
}

/** A server notes when a reading came before it commits it: within a millisecond of a commit it may be either way. */
function bannedBy(bans: readonly Ban[]): (line: Line) => boolean {
  const byPne = new Map<string, Ban[]>();
  for (const ban of bans) byPne.set(ban.pneId, [...(byPne.get(ban.pneId) ?? []), ban]);
  return ({ pne, time }) => {
    const came = Date.parse(time);
    return (byPne.get(pne) ?? []).some(({ from, to }) => came > from && came < to);
  };
}
