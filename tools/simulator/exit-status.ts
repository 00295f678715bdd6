// SPDX-License-Identifier: Apache-2.0

/** Exit statuses of the simulator; docs/simulator.md says more of each. */
export const ExitStatus = Object.freeze({
  ok: 0,
  /** Readings are missing or altered, or an attack or a scenario came out otherwise than it has to. */
  missing: 1,
  usage: 2,
  /** Rows of the input were. */
  skipped: 3,
  /** It takes nothing more. */
  output: 4,
  /** Of a layer below an interface, in `--scenario ims`: it is missing. */
  evidence: 5,
} as const);
