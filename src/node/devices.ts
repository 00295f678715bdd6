// SPDX-License-Identifier: Apache-2.0

/**
 * The devices that a gateway or a server knows, and the gateways and external entities that a server knows, over the
 * key-value contract:
 *
 *     key = 'd' device-id        its CCS, of which the subject is its id
 *     key = 'e'                  empty: its version is new with each change of the list
 *     key = 'w' device-id        empty: it was withdrawn, of which a server tells its gateways
 *     key = 'g' gateway-id       its CCS
 *     key = 'h'                  empty, as 'e' for gateways
 *     key = 'x' entity-id        its CCS
 *     key = 'y'                  empty, as 'e' for external entities
 *
 * Another process may change them: whoever has them open learns of that.
 */
import { concatBytes, equalBytes } from '../bytes/compare.ts';
import { decodeUtf8, encodeUtf8 } from '../bytes/utf8.ts';
import { type Credential, type CredentialStore, ccsCredential } from '../handshake/credential.ts';
import { NodeLimits } from '../node-limits.ts';
import { refuse } from '../refusal.ts';
import { decodeProvisioning } from '../roles/provisioning.ts';
import { createCredentialIndex } from './credential-index.ts';
import { type Following, follow } from './store/following.ts';
import { entriesUnder, type KeyValueStore } from './store/store.ts';

/** A list: what its keys begin with, that of its edition, and what those of names begin with that are off it again. */
export interface Roll {
  readonly entries: Uint8Array;
  readonly edition: Uint8Array;
  readonly withdrawn?: Uint8Array;
}

export const DEVICES: Roll = Object.freeze({
  entries: Uint8Array.of(0x64),
  edition: Uint8Array.of(0x65),
  withdrawn: Uint8Array.of(0x77),
});
export const GATEWAYS: Roll = Object.freeze({
  entries: Uint8Array.of(0x67),
  edition: Uint8Array.of(0x68),
});
export const ENTITIES: Roll = Object.freeze({
  entries: Uint8Array.of(0x78),
  edition: Uint8Array.of(0x79),
});

const NOTHING = new Uint8Array(0);

export interface Devices {
  readonly ids: readonly string[];
  readonly all: readonly Credential[];
  has(id: string): boolean;
  /** As they are when it is asked. */
  readonly credentials: CredentialStore;
  /** Ids that are off the list, and have not come on it again. */
  readonly withdrawn: readonly string[];
  /** Resolves when the list is as it is stored. */
  refresh(): Promise<void>;
  close(): void;
}

export interface DevicesOptions {
  readonly store: KeyValueStore;
  readonly roll?: Roll;
  /** The list has changed, and is so long now: those are gone, or have another credential. */
  onChanged(removed: readonly string[], count: number): void;
  /** The list cannot be read: it stays as it was. */
  onFailed(error: Error): void;
}

export async function openDevices(options: DevicesOptions): Promise<Devices> {
  const devices = new EnrolledDevices(options);
  await devices.open();
  return devices;
}

/** Returns the id of the device, once it is enrolled. Refuses one that has an id that is known, or a poor one. */
export async function enrol(store: KeyValueStore, credential: Credential, roll = DEVICES): Promise<string> {
  await enrolAll(store, [credential], roll);
  return credential.subject!;
}

/** Enrols many in one commit: all, or none where one is refused. */
export async function enrolAll(
  store: KeyValueStore,
  credentials: readonly Credential[],
  roll = DEVICES,
): Promise<void> {
  const ids = credentials.map(idOf);
  const edition = await store.get(roll.edition);
  createCredentialIndex([...(await readAll(store, roll)), ...credentials]);
  const version = await store.commit({
    expected: [{ key: roll.edition, version: edition?.version }],
    puts: [
      ...credentials.map(({ cred }, index) => ({ key: keyOf(roll.entries, ids[index]!), value: cred })),
      { key: roll.edition, value: NOTHING },
    ],
    deletes: ids.flatMap((id) => (roll.withdrawn === undefined ? [] : [keyOf(roll.withdrawn, id)])),
  });
  if (version === undefined) return enrolAll(store, credentials, roll);
}

function idOf({ subject }: Credential): string {
  const id = subject ?? refuse('credentialInvalid', 'a device needs a subject');
  const { length } = encodeUtf8(id);
  if (length === 0 || length > NodeLimits.deviceMaxNameBytes)
    refuse('credentialInvalid', `a device has a name of 1 to ${NodeLimits.deviceMaxNameBytes} bytes`);
  return id;
}

/**
 * Has a device on the list with this credential, as the server says. Returns whether that is new. Refuses
 * `credentialInvalid` a credential of another, and another than that of a device of this name that is there: nobody's
 * credential is replaced.
 */
export async function admit(store: KeyValueStore, id: string, ccs: Uint8Array): Promise<boolean> {
  const credential = ccsCredential(ccs);
  if (credential.subject !== id) refuse('credentialInvalid', `the credential is not that of ${id}`);
  const known = await store.get(deviceKey(id));
  if (known === undefined) await enrol(store, credential);
  else if (!equalBytes(known.value, ccs)) refuse('credentialInvalid', `there is another ${id}`);
  return known === undefined;
}

/** Returns whether there was such a device. */
export async function withdraw(store: KeyValueStore, id: string, roll = DEVICES): Promise<boolean> {
  const key = keyOf(roll.entries, id);
  const found = await store.get(key);
  if (found === undefined) return false;
  const changed = [roll.edition, ...(roll.withdrawn === undefined ? [] : [keyOf(roll.withdrawn, id)])];
  const version = await store.commit({
    expected: [{ key, version: found.version }],
    deletes: [key],
    puts: changed.map((each) => ({ key: each, value: NOTHING })),
  });
  return version === undefined ? withdraw(store, id, roll) : true;
}

/** All of them, in the order of their ids' bytes. */
export async function readAll(store: KeyValueStore, roll = DEVICES): Promise<Credential[]> {
  const credentials: Credential[] = [];
  for await (const { value } of entriesUnder(store, roll.entries)) credentials.push(ccsCredential(value));
  return credentials;
}

/** The credential in a file: that of a device's provisioning, or a CCS alone. */
export function credentialIn(bytes: Uint8Array): Credential {
  // An array, as no CCS is.
  const isProvisioning = bytes[0] !== undefined && bytes[0] >> 5 === 4;
  return ccsCredential(isProvisioning ? decodeProvisioning(bytes).ownCcs : bytes);
}

class EnrolledDevices implements Devices {
  withdrawn: readonly string[] = [];
  private readonly options: DevicesOptions;
  private readonly roll: Roll;
  private following: Following | undefined;
  private known = new Map<string, Credential>();
  private store: CredentialStore = createCredentialIndex([]);
  readonly credentials: CredentialStore = { candidates: (idCred) => this.store.candidates(idCred) };

  constructor(options: DevicesOptions) {
    this.options = options;
    this.roll = options.roll ?? DEVICES;
  }

  get ids(): readonly string[] {
    return [...this.known.keys()];
  }

  get all(): readonly Credential[] {
    return [...this.known.values()];
  }

  has(id: string): boolean {
    return this.known.has(id);
  }

  async open(): Promise<void> {
    const { store, onFailed } = this.options;
    const read = (isFirst: boolean) => (isFirst ? this.read() : this.readAnew());
    this.following = await follow({ store, edition: this.roll.edition, read, onFailed });
  }

  private async read(): Promise<void> {
    const { store } = this.options;
    const { withdrawn } = this.roll;
    const credentials = await readAll(store, this.roll);
    const gone: string[] = [];
    if (withdrawn !== undefined)
      for await (const { key } of entriesUnder(store, withdrawn)) gone.push(decodeUtf8(key.subarray(1)));
    this.withdrawn = gone;
    this.store = createCredentialIndex(credentials);
    this.known = new Map(credentials.map((credential) => [credential.subject!, credential]));
  }

  refresh(): Promise<void> {
    return this.following!.refresh();
  }

  close(): void {
    this.following?.close();
  }

  private async readAnew(): Promise<void> {
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

/** Of one device's row; `prefix` is that of another list of devices. */
export function deviceKey(id: string, prefix = DEVICES.entries): Uint8Array {
  return keyOf(prefix, id);
}

function keyOf(prefix: Uint8Array, id: string): Uint8Array {
  return concatBytes(prefix, encodeUtf8(id));
}
