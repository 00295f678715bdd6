// SPDX-License-Identifier: Apache-2.0

/**
 * The codes of users at a CPNS Server, and what becomes of them, over the key-value contract:
 *
 *     key = 'K' user-id          code = [version: 1, until: uint, tries: uint, key: bstr, gateway: tstr, pne-id: tstr]
 *
 * `key` is the code's (src/keys/user-code.ts), sealed under the server's root key; empty once it was used. Each step is
 * one commit (src/roles/user-assignment.ts), which expects the rows that it was decided by: of users, codes and user
 * keys.
 */
import { equalBytes } from '../bytes/compare.ts';
import { encodeUtf8 } from '../bytes/utf8.ts';
import { decodeFlat, encodeFlat } from '../cbor/flat.ts';
import type { CryptoProvider, Secret } from '../crypto/provider.ts';
import { newKey } from '../keys/hierarchy.ts';
import { type UserClaim, userCodeKey, userProof } from '../keys/user-code.ts';
import { type ReasonName, Refusal, refuse } from '../refusal.ts';
import type { Registration } from '../roles/gateway-control.ts';
import { decodeUserKey, encodeUserKey } from '../roles/group-record-codec.ts';
import { Status, type StatusCode } from '../roles/status.ts';
import { claimUser, registerUser, type UserCode, type UserFacts } from '../roles/user-assignment.ts';
import type { UserRegistry } from '../roles/user-desk.ts';
import { userKeyRow } from './key-store.ts';
import { createSealing } from './sealing.ts';
import type { Entry, Expectation, KeyValueStore } from './store/store.ts';
import { userCodeRow, userIn, userRow } from './users.ts';

const VERSION = 1;
const LABEL = 'pne-runtime users';

export interface RegistryOptions {
  readonly store: KeyValueStore;
  readonly provider: CryptoProvider;
  /** The server's root key: it stays the owner's. */
  readonly root: Secret;
  /** Seconds since 1970. */
  now(): number;
  /** A registration is stored, or refused. */
  onRegistered(claim: UserClaim, refused: ReasonName | undefined): void;
  /** The user key of a PNE is its user's. */
  onAssigned(claim: UserClaim): void;
  onFailed(error: Error): void;
}

export interface ServerUsers extends UserRegistry {
  /** Resolves with what the gateway is told, once that is stored. */
  register(gateway: string, registration: Registration): Promise<StatusCode>;
}

/** The code of this secret is the user's from now on, in the place of a former one. Refuses `userUnknown`. */
export async function putCode(
  { store, provider, root }: Pick<RegistryOptions, 'store' | 'provider' | 'root'>,
  user: string,
  secret: Secret,
  until: number,
): Promise<void> {
  const { facts, expected } = await factsOf(store, user);
  if (facts.devices === undefined) refuse('userUnknown', `no user is called ${user}, or he is to go`);
  const key = userCodeKey(provider, user, secret);
  const sealed = createSealing(provider, root, LABEL).seal(encodeUtf8(user), key);
  key.wipe();
  const code = { until, tries: 0, key: sealed, gateway: '', pneId: '' };
  const version = await store.commit({ expected, puts: [putOf(user, code)] });
  if (version === undefined) await putCode({ store, provider, root }, user, secret, until);
}

export function openRegistry(options: RegistryOptions): ServerUsers {
  const { onRegistered, onAssigned, onFailed } = options;
  return {
    async register(gateway, registration): Promise<StatusCode> {
      try {
        const { status, reason, code } = await register(options, gateway, registration);
        if (code !== undefined || reason !== undefined) onRegistered({ ...registration, gateway }, reason);
        return status;
      } catch (error) {
        onFailed(error as Error);
        return Status.busy;
      }
    },
    claim(claim, done): void {
      claimIn(options, claim).then(
        (isNew) => {
          if (isNew) onAssigned(claim);
          done(undefined);
        },
        (error: Error) => {
          if (error instanceof Refusal) return done(error.reasonName);
          onFailed(error);
          done('storeFailed');
        },
      );
    },
  };
}

async function register(
  options: RegistryOptions,
  gateway: string,
  registration: Registration,
): Promise<ReturnType<typeof registerUser>> {
  const { store, now } = options;
  const { user, pneId, proof } = registration;
  const claim = { gateway, pneId, user };
  const { facts, expected } = await factsOf(store, user);
  const proves = ({ key }: UserCode) => equalBytes(proofOf(options, claim, key), proof);
  const outcome = registerUser(facts, claim, now(), proves);
  if (outcome.code === undefined) return outcome;
  const version = await store.commit({ expected, puts: [putOf(user, outcome.code)] });
  return version === undefined ? register(options, gateway, registration) : outcome;
}

function proofOf({ provider, root }: RegistryOptions, claim: UserClaim, sealed: Uint8Array): Uint8Array {
  const key = createSealing(provider, root, LABEL).open(encodeUtf8(claim.user), sealed);
  try {
    return userProof(provider, key, claim);
  } finally {
    key.wipe();
  }
}

/** Returns whether there is a new key. */
async function claimIn(options: RegistryOptions, claim: UserClaim): Promise<boolean> {
  const { store, provider, now } = options;
  const { pneId, user } = claim;
  const [{ facts, expected }, entry] = await Promise.all([
    factsOf(store, user),
    store.get(userKeyRow(pneId)),
  ]);
  const former = entry && decodeUserKey(entry.value);
  const code = claimUser(facts, claim, now(), former);
  if (code === undefined) return false;
  const key = newKey(provider.fillRandom, (former?.epoch ?? 0) + 1);
  const record = { ...key, isRevoked: false, user };
  const version = await store.commit({
    expected: [...expected, { key: userKeyRow(pneId), version: entry?.version }],
    puts: [putOf(user, code), { key: userKeyRow(pneId), value: encodeUserKey(record) }],
  });
  return version === undefined ? claimIn(options, claim) : true;
}

/** What is stored of a user, and what has to be so still where something is stored that was decided by it. */
async function factsOf(
  store: KeyValueStore,
  user: string,
): Promise<{ readonly facts: UserFacts; readonly expected: readonly Expectation[] }> {
  const [userKey, codeKey] = [userRow(user), userCodeRow(user)];
  const [found, code] = await Promise.all([store.get(userKey), store.get(codeKey)]);
  const known = found && userIn(found);
  return {
    facts: {
      devices: known === undefined || known.isRevoked ? undefined : known.devices,
      code: code && decodeCodeRow(code),
    },
    expected: [
      { key: userKey, version: found?.version },
      { key: codeKey, version: code?.version },
    ],
  };
}

function putOf(user: string, { until, tries, key, gateway, pneId }: UserCode): Pick<Entry, 'key' | 'value'> {
  return { key: userCodeRow(user), value: encodeFlat([VERSION, until, tries, key, gateway, pneId]) };
}

/** Refuses `recordInvalid` what no server can have stored. */
function decodeCodeRow({ value }: Entry): UserCode {
  const [version, until, tries, key, gateway, pneId, ...rest] = decodeFlat(value);
  const isOurs = version === VERSION && rest.length === 0 && typeof key === 'object';
  if (!isOurs || typeof until !== 'number' || typeof tries !== 'number') return refuse('recordInvalid');
  if (typeof gateway !== 'string' || typeof pneId !== 'string') return refuse('recordInvalid');
  return { until, tries, key, gateway, pneId };
}
