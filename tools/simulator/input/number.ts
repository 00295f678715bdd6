// SPDX-License-Identifier: Apache-2.0

/** Digits that `toPrecision` gives at most. */
const MAX_DIGITS = 100;

/** A number that would not arrive as it was written; `message` says why. */
export class NumberProblem extends Error {}

/** Whether JSON has a number written like this (RFC 8259 section 6). */
export function isNumber(text: string): boolean {
  return /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text);
}

/**
 * Returns the double that the text of a JSON number names. A double holds what is written when it gives the
 * same digits back, as many as were written; what it would change is a `NumberProblem`. So is an integer beyond
 * 2^53 written as one: its neighbours are lost.
 */
export function exactNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value)) throw new NumberProblem(`${text} is beyond the largest number, 1.8e308`);
  if (/^-?\d+$/.test(text) && !Number.isSafeInteger(value))
    throw new NumberProblem(`${text} is an integer beyond 2^53 and would lose digits: write it as text`);
  if (!holds(value, text))
    throw new NumberProblem(`${text} would become ${String(value)}: write fewer digits, or text`);
  return value;
}

function holds(value: number, text: string): boolean {
  const digits = significant(text);
  if (digits === '') return value === 0;
  if (digits.length > MAX_DIGITS) return false;
  return significant(Math.abs(value).toPrecision(digits.length)) === digits;
}

/** The digits from the first to the last that is not 0. */
function significant(text: string): string {
  const [mantissa = ''] = text.split(/[eE]/);
  return mantissa.replace(/[-.]/g, '').replace(/^0+/, '').replace(/0+$/, '');
}
