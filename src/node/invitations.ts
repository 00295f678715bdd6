// SPDX-License-Identifier: Apache-2.0

/**
 * The codes that a CPNS Server has registered, and whose device came, over the key-value contract:
 *
 *     key = 'o' pne-id              invitation
 *     key = 'q'                     empty: its version is new with each change of the list
 *     invitation = [version: 1, kid: bstr, secret: bstr / nil, credential: bstr / nil]
 *
 * `secret` is the handshake's key, sealed (sealing.ts). A device that comes first is registered, its credential put into
 * the row, and what it needs granted, in one commit: no other device is from then on. Once it has come with its own key the secret goes too;
 * what is left says whose it was.
 */
import { concatBytes, equalBytes } from '../bytes/compare.ts';
import { decodeUtf8, encodeUtf8 } from '../bytes/utf8.ts';
import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import type { CryptoProvider, Secret } from '../crypto/provider.ts';
import { type Credential, ccsCredential } from '../handshake/credential.ts';
import { kidOf } from '../handshake/id-cred.ts';
import { createPreSharedKey } from '../handshake/psk/credential.ts';
import { refuse } from '../refusal.ts';
import { onboardingKey, onboardingParties } from '../roles/onboarding.ts';
import type { Invitation, Invitations } from '../roles/onboarding-acceptance.ts';
import { DEVICES, deviceKey } from './devices.ts';
import { createSealing, type Sealing } from './sealing.ts';
import { type Following, follow } from './store/following.ts';
import { type Changes, entriesUnder, type KeyValueStore } from './store/store.ts';

const ROWS = Uint8Array.of(0x6f);
const EDITION = Uint8Array.of(0x71);
const NOTHING = new Uint8Array(0);
const VERSION = 1;
const LABEL = 'pne-runtime invitations';

interface Row {
  readonly kid: Uint8Array;
  readonly secret: Uint8Array | undefined;
  readonly credential: Credential | undefined;
}

export interface KeptInvitations extends Invitations {
  /** Ids of PNEs that joined by a code, and are to be let in by every gateway. */
  readonly joined: readonly string[];
  /** The PNE has come with its own key: the secret is not needed any more, and goes. */
  finish(pneId: string): void;
  close(): void;
}

export interface InvitationsOptions {
  readonly store: KeyValueStore;
  readonly provider: CryptoProvider;
  /** The server's root key: it stays the owner's. */
  readonly root: Secret;
  /** The grant that a device is given when it joins, after `onRegistered`: bare (src/authorization/bare.ts), or empty. */
  grantOf(pneId: string): Uint8Array;
  /** What grants a device what it needs: it is stored in the commit that registers the device. */
  granting(pneId: string): Promise<Changes>;
  /** A device is registered: resolves when the server would let it in. */
  onRegistered(): Promise<void>;
  onFailed(error: Error): void;
}

export async function openInvitations(options: InvitationsOptions): Promise<KeptInvitations> {
  const invitations = new NodeInvitations(options);
  await invitations.start();
  return invitations;
}

/**
 * Registers a code. Refuses `onboardingUsed` where a device has joined by it, or is known under this id, and
 * `credentialInvalid` where another code for it is still open: neither is replaced.
 */
export async function invite(
  { store, provider, root }: Pick<InvitationsOptions, 'store' | 'provider' | 'root'>,
  pneId: string,
  secret: Secret,
): Promise<void> {
  const sealing = createSealing(provider, root, LABEL);
  const { idCred, secret: key } = onboardingKey(provider, pneId, secret);
  const row: Row = {
    kid: kidOf(idCred)!,
    secret: sealing.seal(encodeUtf8(pneId), key),
    credential: undefined,
  };
  key.wipe();
  const [known, device] = await Promise.all([store.get(rowKey(pneId)), store.get(deviceKey(pneId))]);
  const former = known && decodeRow(known.value);
  if (device !== undefined)
    refuse('onboardingUsed', `a device is called ${pneId}: admin remove ${pneId} first`);
  if (former !== undefined && equalBytes(former.kid, row.kid) && former.credential !== undefined)
    refuse('onboardingUsed', `the code of ${pneId} was used: make another one`);
  if (former?.credential === undefined && former?.secret !== undefined)
    refuse('credentialInvalid', `${pneId} has a code that waits for its device: admin remove ${pneId} first`);
  const version = await store.commit({
    expected: [{ key: rowKey(pneId), version: known?.version }],
    puts: [
      { key: rowKey(pneId), value: encodeRow(row) },
      { key: EDITION, value: NOTHING },
    ],
  });
  if (version === undefined) return invite({ store, provider, root }, pneId, secret);
}

/** Whether this very code is registered, whether its device has come or not. */
export async function isInvited(
  { store, provider }: Pick<InvitationsOptions, 'store' | 'provider'>,
  pneId: string,
  secret: Secret,
): Promise<boolean> {
  const { idCred, secret: key } = onboardingKey(provider, pneId, secret);
  key.wipe();
  const known = await store.get(rowKey(pneId));
  return known !== undefined && equalBytes(decodeRow(known.value).kid, kidOf(idCred)!);
}

/** Returns whether there was a code that waits for its device. */
export async function cancel(store: KeyValueStore, pneId: string): Promise<boolean> {
  const known = await store.get(rowKey(pneId));
  if (known === undefined || decodeRow(known.value).credential !== undefined) return false;
  const version = await store.commit({
    expected: [{ key: rowKey(pneId), version: known.version }],
    deletes: [rowKey(pneId)],
    puts: [{ key: EDITION, value: NOTHING }],
  });
  return version === undefined ? cancel(store, pneId) : true;
}

class NodeInvitations implements KeptInvitations {
  private readonly options: InvitationsOptions;
  private readonly sealing: Sealing;
  private following: Following | undefined;
  private rows = new Map<string, Row>();
  /** Keys of handshakes, by the id of the PNE. */
  private open = new Map<string, Invitation>();

  constructor(options: InvitationsOptions) {
    this.options = options;
    this.sealing = createSealing(options.provider, options.root, LABEL);
  }

  get joined(): readonly string[] {
    return [...this.rows].filter(([, { credential }]) => credential !== undefined).map(([pneId]) => pneId);
  }

  candidates(idCred: Uint8Array): readonly Invitation[] {
    return [...this.open.values()].filter(({ psk }) => equalBytes(psk.idCred, idCred));
  }

  spent(idCred: Uint8Array): string | undefined {
    const kid = kidOf(idCred);
    if (kid === undefined) return undefined;
    return [...this.rows].find(([, row]) => row.secret === undefined && equalBytes(row.kid, kid))?.[0];
  }

  join(
    { pneId }: Invitation,
    credential: Credential,
    done: (grant: Uint8Array | 'used' | undefined) => void,
  ): void {
    this.register(pneId, credential).then(done, (error: Error) => {
      this.options.onFailed(error);
      done(undefined);
    });
  }

  finish(pneId: string): void {
    const row = this.rows.get(pneId);
    if (row?.credential === undefined || row.secret === undefined) return;
    this.burn(pneId).catch(this.options.onFailed);
  }

  close(): void {
    this.following?.close();
    for (const { psk } of this.open.values()) psk.secret.wipe();
  }

  async start(): Promise<void> {
    const { store, onFailed } = this.options;
    this.following = await follow({ store, edition: EDITION, read: () => this.read(), onFailed });
  }

  private async read(): Promise<void> {
    const rows = new Map<string, Row>();
    for await (const { key, value } of entriesUnder(this.options.store, ROWS))
      rows.set(decodeUtf8(key.subarray(ROWS.length)), decodeRow(value));
    const former = this.open;
    this.rows = rows;
    this.open = new Map([...rows].flatMap(([pneId, row]) => this.opened(pneId, row)));
    for (const { psk } of former.values()) psk.secret.wipe();
  }

  private opened(pneId: string, { kid, secret }: Row): [string, Invitation][] {
    if (secret === undefined) return [];
    const key = this.sealing.open(encodeUtf8(pneId), secret);
    const { initiator, responder } = onboardingParties(pneId);
    return [[pneId, { pneId, psk: createPreSharedKey(kid, key, initiator, responder) }]];
  }

  private async register(pneId: string, credential: Credential): Promise<Uint8Array | 'used'> {
    const { store, grantOf, granting, onRegistered } = this.options;
    const [known, device, edition] = await Promise.all([
      store.get(rowKey(pneId)),
      store.get(deviceKey(pneId)),
      store.get(DEVICES.edition),
    ]);
    const row = known && decodeRow(known.value);
    const isSame = device !== undefined && equalBytes(device.value, credential.cred);
    if (isSame) return grantOf(pneId);
    if (
      known === undefined ||
      row?.secret === undefined ||
      row.credential !== undefined ||
      device !== undefined
    )
      return 'used';
    const { expected = [], puts = [] } = await granting(pneId);
    const version = await store.commit({
      expected: [
        { key: rowKey(pneId), version: known.version },
        { key: deviceKey(pneId), version: undefined },
        { key: DEVICES.edition, version: edition?.version },
        ...expected,
      ],
      puts: [
        { key: rowKey(pneId), value: encodeRow({ ...row, credential }) },
        { key: deviceKey(pneId), value: credential.cred },
        { key: DEVICES.edition, value: NOTHING },
        { key: EDITION, value: NOTHING },
        ...puts,
      ],
      deletes: [deviceKey(pneId, DEVICES.withdrawn)],
    });
    if (version === undefined) return this.register(pneId, credential);
    await Promise.all([this.following!.refresh(), onRegistered()]);
    return grantOf(pneId);
  }

  private async burn(pneId: string): Promise<void> {
    const { store } = this.options;
    const known = await store.get(rowKey(pneId));
    const row = known && decodeRow(known.value);
    if (known === undefined || row?.credential === undefined || row.secret === undefined) return;
    await store.commit({
      expected: [{ key: rowKey(pneId), version: known.version }],
      puts: [
        { key: rowKey(pneId), value: encodeRow({ ...row, secret: undefined }) },
        { key: EDITION, value: NOTHING },
      ],
    });
    await this.following!.refresh();
  }
}

function rowKey(pneId: string): Uint8Array {
  return concatBytes(ROWS, encodeUtf8(pneId));
}

function encodeRow({ kid, secret, credential }: Row): Uint8Array {
  const writer = new CborWriter().array(4).integer(VERSION).byteString(kid);
  for (const bytes of [secret, credential?.cred]) {
    if (bytes === undefined) writer.nil();
    else writer.byteString(bytes);
  }
  return writer.finish();
}

function decodeRow(bytes: Uint8Array): Row {
  const reader = new CborReader(bytes);
  if (reader.array() !== 4 || reader.unsigned() !== VERSION) refuse('recordInvalid');
  const kid = reader.byteString();
  const secret = readBytes(reader);
  const cred = readBytes(reader);
  reader.end();
  return { kid, secret, credential: cred && ccsCredential(cred) };
}

function readBytes(reader: CborReader): Uint8Array | undefined {
  if (!reader.isNil()) return reader.byteString();
  reader.nil();
  return undefined;
}
