// SPDX-License-Identifier: Apache-2.0

import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';

/**
 * A scope: AIF (RFC 9237) with our objects and our permission bits (operations.ts).
 *
 *   scope = [+ [object: uint, permissions: uint]]    objects ascend, and have some permission
 */
export type Scope = readonly Row[];

export interface Row {
  readonly object: number;
  /** A bit for each operation. */
  readonly permissions: number;
}

/** Permissions are bits of one integer. */
const MAX_PERMISSIONS = 2 ** 31 - 1;

export function encodeScope(scope: Scope): Uint8Array {
  const writer = new CborWriter().array(scope.length);
  for (const { object, permissions } of scope) writer.array(2).integer(object).integer(permissions);
  return writer.finish();
}

/** Refuses `grantInvalid` for what is no scope, else what src/cbor refuses. */
export function decodeScope(bytes: Uint8Array): Scope {
  const reader = new CborReader(bytes);
  const count = reader.array();
  if (count === 0 || count > ImplementationLimits.grantMaxRows) refuse('grantInvalid');
  const scope: Row[] = [];
  let last = -1;
  for (let left = count; left > 0; left--) {
    if (reader.array() !== 2) refuse('grantInvalid');
    const row = { object: reader.unsigned(), permissions: reader.unsigned() };
    if (row.object <= last || row.permissions === 0 || row.permissions > MAX_PERMISSIONS)
      refuse('grantInvalid');
    last = row.object;
    scope.push(row);
  }
  reader.end();
  return scope;
}

/** Whether a row permits what this bit stands for on that object. */
export function permits(scope: Scope, object: number, bit: number): boolean {
  for (let at = 0; at < scope.length; at++) {
    const row = scope[at]!;
    if (row.object === object && ((row.permissions >> bit) & 1) === 1) return true;
  }
  return false;
}
