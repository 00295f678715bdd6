// SPDX-License-Identifier: Apache-2.0

/** The key to resume with, in the store of a device, so that it outlasts a restart. Its record is suite (1) | ID_CRED_PSK. */
import { concatBytes } from '../bytes/compare.ts';
import type { Credential } from '../handshake/credential.ts';
import { Refusal } from '../refusal.ts';
import { Purpose, type SealedStore } from '../store/store.ts';
import type { ResumptionKey, ResumptionSlot } from './resumption.ts';

/** Each has a record of its own. */
export const PeerIndex = Object.freeze({ server: 0, gateway: 1 } as const);

/** `own` is the Initiator. A record that is refused is none: what comes of that is a handshake with public keys. */
export function storedResumptionSlot(
  store: SealedStore,
  index: number,
  own: Credential,
  peer: Credential,
): ResumptionSlot {
  let kept = readKey(store, index, own, peer);
  return {
    get key() {
      return kept;
    },
    keep(key): void {
      kept?.psk.secret.wipe();
      kept = key;
      const data = concatBytes(Uint8Array.of(key.suite), key.psk.idCred);
      orUndefined(() => store.write(Purpose.peer, index, { data, key: key.psk.secret }));
    },
  };
}

function readKey(
  store: SealedStore,
  index: number,
  initiator: Credential,
  responder: Credential,
): ResumptionKey | undefined {
  const record = orUndefined(() => store.read(Purpose.peer, index));
  if (record?.key === undefined) return undefined;
  const { data, key: secret } = record;
  const psk = { idCred: data.slice(1), secret, initiator, responder };
  return { suite: data[0]!, psk, peer: responder };
}

function orUndefined<Result>(call: () => Result): Result | undefined {
  try {
    return call();
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
