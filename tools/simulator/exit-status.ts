// SPDX-License-Identifier: Apache-2.0

/** Exit statuses of the simulator. */
export const ExitStatus = Object.freeze({
  ok: 0,
  missing: 1,
  usage: 2,
  skipped: 3,
  output: 4,
  evidence: 5,
} as const);
