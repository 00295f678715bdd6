// SPDX-License-Identifier: Apache-2.0

/** One run of a model: what it is built with, and what spin must say. */
export interface Claim {
  readonly model: Model;
  readonly name: string;
  /** Preprocessor names of the model. */
  readonly defines: readonly string[];
  /** Assertions, or that no process waits for ever. */
  readonly checks: 'assertions' | 'deadlock';
  readonly expected: Verdict;
}

/** The file that spin is given, and those that it includes. */
export interface Model {
  readonly file: string;
  readonly includes: readonly string[];
}

export type Verdict = 'holds' | 'violated';

export type Claimed = (name: string, ...defines: string[]) => Claim;

/** A claim about a model's assertions. */
export function claimAbout(model: Model, expected: Verdict): Claimed {
  return (name, ...defines) => ({ model, name, defines, checks: 'assertions', expected });
}
