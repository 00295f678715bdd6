// SPDX-License-Identifier: Apache-2.0

/** The lines of SPEC.md that attacks run into. */
import { readFileSync } from 'node:fs';

/** By a name of ours: the heading begins so, and so does the row. */
const CLAUSES = Object.freeze({
  encrypt: ['CPNS', 'CONF-2'],
  verify: ['CPNS', 'INT-3'],
  authenticate: ['CPNS', 'AUTHN-2'],
  replay: ['RFC 8613', '7.4'],
  failure: ['RFC 8613', '8.1, 8.2'],
  sender: ['Delivery', 'sender'],
  clones: ['Delivery', 'clones and rolled-back stores'],
  suites: ['RFC 9528', '6.3'],
  halfOpen: ['RFC 9528', 'half-open handshakes'],
  selection: ['Negotiation', 'selection'],
  pairing: ['Bluetooth Core Specification', 'Vol 3 Part H 2.3.5'],
  subject: ['RFC 8392', 'RFC 8747 3.1'],
  expiry: ['RFC 8392', '3.1'],
} as const);

export type ClauseName = keyof typeof CLAUSES;

export interface Clause {
  /** As `RFC 8613, 7.4`. */
  readonly id: string;
  /** What it asks, in the words of SPEC.md. */
  readonly asks: string;
}

/** Throws where SPEC.md has no such line. */
export function clauseOf(name: ClauseName, spec: string): Clause {
  const [section, clause] = CLAUSES[name];
  const part = spec.split(/^## /m).find((each) => each.startsWith(section)) ?? '';
  const row = part.split('\n').find((line) => line.startsWith(`| ${clause} | `));
  if (row === undefined) throw new Error(`SPEC.md has no line ${section}, ${clause}`);
  return { id: `${section}, ${clause}`, asks: row.split(' | ')[1]!.replaceAll('`', '') };
}

export function readSpec(): string {
  return readFileSync(new URL('../../../SPEC.md', import.meta.url), 'utf8');
}
