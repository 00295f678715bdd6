// SPDX-License-Identifier: Apache-2.0
import type { BondStore } from './bonds.ts';

/** A store that lasts as long as `texts`. */
export function memoryStore(texts = new Map<string, string>()): BondStore {
  return {
    readAll: () => new Map(texts),
    write: (name, text) => void texts.set(name, text),
    remove: (name) => void texts.delete(name),
  };
}
