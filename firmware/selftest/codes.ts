// SPDX-License-Identifier: Apache-2.0

/** What the console says beside the name of a check that failed. Never used again, nor as a Reason (src/refusal.ts). */
export const SelfTestCode = Object.freeze({
  hash: 80,
  mac: 81,
  derivation: 82,
  aead: 83,
  agreement: 84,
  signature: 85,
  random: 86,
  store: 87,
  record: 88,
  wrapping: 89,
} as const);
