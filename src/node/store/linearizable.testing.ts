// SPDX-License-Identifier: Apache-2.0

/**
 * Test code: whether a history of reads and commits can have taken place one after the other, each at a moment between
 * its call and its end. It can where every commit expects what it overwrites and every value is written once: then what
 * came before what is known, and each operation has an earliest moment.
 */

/** What a commit has read before, by key: the operation that wrote it, undefined where there was none. */
export type Seen = ReadonlyMap<string, number | undefined>;

export interface Operation {
  readonly id: number;
  readonly called: number;
  /** Infinite where nobody knows whether it took place: it did where somebody has read what it wrote. */
  readonly ended: number;
  readonly seen: Seen;
  /** A commit writes all that it has seen, a read nothing; a conflict is a commit that was refused. */
  readonly kind: 'read' | 'commit' | 'conflict';
}

/** Returns what is wrong with a history, undefined where nothing is. */
export function checkHistory(history: readonly Operation[]): string | undefined {
  const byId = new Map(history.map((operation) => [operation.id, operation]));
  const read = new Set(history.flatMap(({ seen }) => [...seen.values()]));
  const happened = history.filter(
    ({ id, kind, ended }) => kind !== 'conflict' && (ended !== Number.POSITIVE_INFINITY || read.has(id)),
  );
  const commits = happened.filter(({ kind }) => kind === 'commit');
  const next = new Map<string, Operation>();
  for (const commit of commits) {
    for (const [key, writer] of commit.seen) {
      const place = `${key} after ${writer}`;
      const other = next.get(place);
      if (other !== undefined) return `${other.id} and ${commit.id} both replaced ${place}`;
      next.set(place, commit);
    }
  }
  return unorderable(happened, edgesOf(happened, byId, next)) ?? groundless(history, next);
}

/** An operation comes after whoever wrote what it has seen, and a read before whoever replaced that. */
function edgesOf(
  happened: readonly Operation[],
  byId: ReadonlyMap<number, Operation>,
  next: ReadonlyMap<string, Operation>,
): Map<Operation, Operation[]> {
  const after = new Map<Operation, Operation[]>(happened.map((operation) => [operation, []]));
  for (const operation of happened) {
    for (const [key, writer] of operation.seen) {
      if (writer !== undefined) after.get(byId.get(writer)!)?.push(operation);
      const successor = next.get(`${key} after ${writer}`);
      if (operation.kind === 'read' && successor !== undefined) after.get(operation)!.push(successor);
    }
  }
  return after;
}

/** Takes them in an order that the edges allow, each at the earliest moment. */
function unorderable(
  happened: readonly Operation[],
  after: ReadonlyMap<Operation, readonly Operation[]>,
): string | undefined {
  const missing = new Map(happened.map((operation) => [operation, 0]));
  for (const followers of after.values())
    for (const follower of followers) missing.set(follower, missing.get(follower)! + 1);
  const earliest = new Map(happened.map((operation) => [operation, operation.called]));
  const ready = happened.filter((operation) => missing.get(operation) === 0);
  let taken = 0;
  for (let operation = ready.pop(); operation !== undefined; operation = ready.pop()) {
    taken += 1;
    const moment = earliest.get(operation)!;
    if (moment > operation.ended) return `${operation.kind} ${operation.id} saw what was replaced before`;
    for (const follower of after.get(operation)!) {
      earliest.set(follower, Math.max(earliest.get(follower)!, moment));
      missing.set(follower, missing.get(follower)! - 1);
      if (missing.get(follower) === 0) ready.push(follower);
    }
  }
  return taken < happened.length ? 'operations have seen each other in a circle' : undefined;
}

/** A commit is refused where something that it expected had been replaced before it ended. */
function groundless(history: readonly Operation[], next: ReadonlyMap<string, Operation>): string | undefined {
  for (const { kind, id, seen, ended } of history) {
    if (kind !== 'conflict') continue;
    const isReplaced = [...seen].some(
      ([key, writer]) => (next.get(`${key} after ${writer}`)?.called ?? Number.POSITIVE_INFINITY) < ended,
    );
    if (!isReplaced) return `commit ${id} was refused for nothing`;
  }
  return undefined;
}
