// SPDX-License-Identifier: Apache-2.0

/**
 * The devices that a gateway or a server knows, over the key-value contract:
 *
 *     key = 'd' device-id        its CCS, of which the subject is its id
 *     key = 'e'                  empty: its version is new with each change of the list
 *
 * Another process may change them: whoever has them open learns of that.
 */
import { concatBytes, equalBytes } from '../bytes/compare.ts';
import { encodeUtf8 } from '../bytes/utf8.ts';
import {
  type Credential,
  type CredentialStore,
  ccsCredential,
  createCredentialStore,
} from '../handshake/credential.ts';
import { NodeLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { decodeProvisioning } from '../roles/provisioning.ts';
import type { KeyValueStore, Watch } from './store/store.ts';

const DEVICES = Uint8Array.of(0x64);
const EDITION = Uint8Array.of(0x65);
const NOTHING = new Uint8Array(0);

export interface Devices {
  readonly ids: readonly string[];
  /** As they are when it is asked. */
  readonly credentials: CredentialStore;
  close(): void;
}

export interface DevicesOptions {
  readonly store: KeyValueStore;
  /** The list has changed, and is so long now: those are gone, or have another credential. */
  onChanged(removed: readonly string[], count: number): void;
  /** The list cannot be read: it stays as it was. */
  onFailed(error: Error): void;
}

export async function openDevices(options: DevicesOptions): Promise<Devices> {
  const devices = new EnrolledDevices(options);
  await devices.read();
  return devices;
}

/** Returns the id of the device, once it is enrolled. Refuses one that has an id that is known, or a poor one. */
export async function enrol(store: KeyValueStore, credential: Credential): Promise<string> {
  const id = credential.subject ?? refuse('credentialInvalid', 'a device needs a subject');
  const length = encodeUtf8(id).length;
  if (length === 0 || length > NodeLimits.deviceMaxNameBytes)
    refuse('credentialInvalid', `a device has a name of 1 to ${NodeLimits.deviceMaxNameBytes} bytes`);
  const edition = await store.get(EDITION);
  createCredentialStore([...(await readAll(store)), credential]);
  const version = await store.commit({
    expected: [{ key: EDITION, version: edition?.version }],
    puts: [
      { key: deviceKey(id), value: credential.cred },
      { key: EDITION, value: NOTHING },
    ],
  });
  return version === undefined ? enrol(store, credential) : id;
}

/** Returns whether there was such a device. */
export async function withdraw(store: KeyValueStore, id: string): Promise<boolean> {
  const key = deviceKey(id);
  const found = await store.get(key);
  if (found === undefined) return false;
  const expected = [{ key, version: found.version }];
  const version = await store.commit({ expected, deletes: [key], puts: [{ key: EDITION, value: NOTHING }] });
  return version === undefined ? withdraw(store, id) : true;
}

/** All of them, in the order of their ids' bytes. */
export async function readAll(store: KeyValueStore): Promise<Credential[]> {
  const credentials: Credential[] = [];
  let page = await store.range(DEVICES, NodeLimits.storePage);
  while (page.length > 0) {
    credentials.push(...page.map(({ value }) => ccsCredential(value)));
    page = await store.range(DEVICES, NodeLimits.storePage, page.at(-1)!.key);
  }
  return credentials;
}

/** The credential in a file: that of a device's provisioning, or a CCS alone. */
export function credentialIn(bytes: Uint8Array): Credential {
  // An array, as no CCS is.
  const isProvisioning = bytes[0] !== undefined && bytes[0] >> 5 === 4;
  return ccsCredential(isProvisioning ? decodeProvisioning(bytes).ownCcs : bytes);
}

class EnrolledDevices implements Devices {
  private readonly options: DevicesOptions;
  private readonly watch: Watch;
  private known = new Map<string, Credential>();
  private store: CredentialStore = createCredentialStore([]);
  readonly credentials: CredentialStore = { candidates: (idCred) => this.store.candidates(idCred) };

  constructor(options: DevicesOptions) {
    this.options = options;
    this.watch = options.store.watch(EDITION, () => void this.follow().catch(options.onFailed));
  }

  get ids(): readonly string[] {
    return [...this.known.keys()];
  }

  async read(): Promise<void> {
    const credentials = await readAll(this.options.store);
    this.store = createCredentialStore(credentials);
    this.known = new Map(credentials.map((credential) => [credential.subject!, credential]));
  }

  close(): void {
    this.watch.close();
  }

  private async follow(): Promise<void> {
    const former = this.known;
    await this.read();
    const isOther = ([id, { cred }]: [string, Credential]) => {
      const now = this.known.get(id);
      return now === undefined || !equalBytes(now.cred, cred);
    };
    const removed = [...former].filter(isOther).map(([id]) => id);
    this.options.onChanged(removed, this.known.size);
  }
}

function deviceKey(id: string): Uint8Array {
  return concatBytes(DEVICES, encodeUtf8(id));
}
