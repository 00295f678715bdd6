// SPDX-License-Identifier: Apache-2.0

/**
 * What a device on Node keeps, in a folder of its own:
 *
 *     root-key      32 random bytes, made at the first start
 *     kept/         its boot counter and the keys of its groups, sealed under that (src/store/sealed-store.ts)
 *     gateway       the credential of the gateway that it has followed its PN to
 *
 * Who copies the folder, or puts an older one in its place, has another device of the same name: the server finds that
 * by the boot counter.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CryptoProvider, Secret } from '../crypto/provider.ts';
import type { BootStore } from '../delivery/boot.ts';
import { ROOT_KEY_BYTES } from '../keys/hierarchy.ts';
import type { Medium } from '../store/medium.ts';
import { openSealedStore } from '../store/sealed-store.ts';
import type { SealedStore } from '../store/store.ts';
import { keepFile, readKept, removeKept } from './kept-file.ts';
import { openFolder } from './own-folder.ts';
import { readSecret, writeSecret } from './secret-file.ts';

export interface DeviceFolder {
  readonly boots: BootStore;
  /** Keys of its groups. */
  readonly keys: SealedStore;
  /** A CCS; undefined: that of the gateway that it was made with. */
  gateway: Uint8Array | undefined;
}

/**
 * Opens it, or makes it where there is none. One process at a time. Throws what to do where others may read or change
 * it; refuses `storeInvalid` what was not sealed with its root key.
 */
export function openDeviceFolder(provider: CryptoProvider, path: string): DeviceFolder {
  const folder = openFolder(path);
  const root = openRoot(provider, join(folder, 'root-key'));
  const keys = openSealedStore(provider, root, openMedium(join(folder, 'kept')));
  root.wipe();
  const gateway = join(folder, 'gateway');
  return {
    keys,
    boots: keys.boots,
    get gateway(): Uint8Array | undefined {
      return readKept(gateway);
    },
    set gateway(credential: Uint8Array | undefined) {
      if (credential !== undefined) keepFile(gateway, credential);
      else removeKept(gateway);
    },
  };
}

function openRoot(provider: CryptoProvider, path: string): Secret {
  const bytes = readSecret(path, undefined) ?? makeRoot(provider, path);
  try {
    if (bytes.length !== ROOT_KEY_BYTES) throw new Error(`${path} holds no key: restore it from a copy`);
    return provider.secret(bytes);
  } finally {
    bytes.fill(0);
  }
}

function makeRoot(provider: CryptoProvider, path: string): Uint8Array {
  const bytes = new Uint8Array(ROOT_KEY_BYTES);
  provider.fillRandom(bytes);
  writeSecret(path, bytes, undefined);
  return bytes;
}

/** A file for each name. */
function openMedium(folder: string): Medium {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    read: (name) => readKept(join(folder, name)),
    write: (name, value) => keepFile(join(folder, name), value),
    remove: (name) => removeKept(join(folder, name)),
  };
}
