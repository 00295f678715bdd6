// SPDX-License-Identifier: Apache-2.0

import type { KeyStore } from '../../src/roles/key-store.ts';

/** Answers as a database does: not within the call, but when `later` calls back. */
export function answeringLater(store: KeyStore, later: (work: () => void) => void): KeyStore {
  const late =
    <Value extends unknown[]>(call: (...value: Value) => void) =>
    (...value: Value) =>
      later(() => call(...value));
  return {
    load: (done, failed) => store.load(late(done), failed),
    loadUser: (pneId, done, failed) => store.loadUser(pneId, late(done), failed),
    commit: (changes, done) => store.commit(changes, late(done)),
  };
}
