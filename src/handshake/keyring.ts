// SPDX-License-Identifier: Apache-2.0

/** A handle whose bytes can be overwritten. */
export interface Wipeable {
  wipe(): void;
}

/** The keys of one step of a handshake, which end together. */
export interface Keyring extends Wipeable {
  /** Returns the key, which is wiped with the rest. */
  hold<Key extends Wipeable>(key: Key): Key;
}

/**
 * Runs a step with a keyring of its own. Where the step is refused its keys are wiped and nothing else has
 * changed; where it succeeds they go on in `parent`.
 */
export function attempt<Result>(parent: Keyring, step: (keys: Keyring) => Result): Result {
  const keys = createKeyring();
  try {
    const result = step(keys);
    parent.hold(keys);
    return result;
  } catch (error) {
    keys.wipe();
    throw error;
  }
}

export function createKeyring(): Keyring {
  const held: Wipeable[] = [];
  return {
    hold(key) {
      held.push(key);
      return key;
    },
    wipe() {
      for (const key of held.splice(0)) key.wipe();
    },
  };
}
