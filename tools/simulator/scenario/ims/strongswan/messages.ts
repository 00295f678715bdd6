// SPDX-License-Identifier: Apache-2.0

/** What a run asks of the process in a network namespace, each under a number, and what comes back under the same. */

export type EndOrder =
  /** Runs a program to its end. */
  | { readonly kind: 'run'; readonly command: readonly string[] }
  /** Starts one that stays for as long as the process does. */
  | { readonly kind: 'daemon'; readonly command: readonly string[]; readonly config: string }
  /** Listens there at a port that is free: a handle comes back. */
  | { readonly kind: 'listen'; readonly host: string }
  /** Connects from there: a handle comes back. */
  | { readonly kind: 'connect'; readonly host: string; readonly port: number };

export interface EndRequest {
  readonly number: number;
  readonly order: EndOrder;
}

export interface EndAnswer {
  readonly number: number;
  /** What a program wrote on standard output. */
  readonly output?: string;
  /** Why it was not done. */
  readonly error?: string;
}
