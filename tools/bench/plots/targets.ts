// SPDX-License-Identifier: Apache-2.0

import type { Operation } from '../places.ts';

/** How much more than C an operation of the native provider may take. */
export interface Target {
  readonly name: string;
  readonly of: Operation;
  /** Of C. */
  readonly to: Operation;
  readonly atMost: number;
}

/** Of firmware/bench/handshake.ts, where the bytes tell the methods apart. */
const METHOD_3_BYTES = 110;

export const TARGETS: readonly Target[] = Object.freeze([
  record('protect', 64, 1.35),
  record('unprotect', 64, 1.45),
  record('protect', 1024, 1.06),
  same('reading', 64, 2),
  same('receipt', 5, 2),
  same('content', 18, 2),
  same('batch', 64, 1.3),
  handshake('initiator'),
  handshake('responder'),
]);

function record(name: string, bytes: number, atMost: number): Target {
  return same(`record.${name}`, bytes, atMost);
}

function same(op: string, bytes: number, atMost: number): Target {
  const operation = { op, bytes };
  return { name: `${op}, ${bytes} B`, of: operation, to: operation, atMost };
}

/** Beside the curve operations that it cannot do without. */
function handshake(side: string): Target {
  const bytes = METHOD_3_BYTES;
  const name = `handshake, ${side}`;
  return { name, of: { op: `handshake.${side}`, bytes }, to: { op: 'handshake.curves', bytes }, atMost: 1.1 };
}
