// SPDX-License-Identifier: Apache-2.0

import { Refusal } from '../../src/refusal.ts';

export function outcomeOf(call: () => unknown): { readonly reason?: string; readonly result?: unknown } {
  try {
    return { result: call() };
  } catch (error) {
    if (error instanceof Refusal) return { reason: error.reasonName };
    throw error;
  }
}
