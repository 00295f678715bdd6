// SPDX-License-Identifier: Apache-2.0

/** `pne-runtime admin`: the one-time code of a user, made at a server, and taken at a gateway. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CryptoProvider } from '../../crypto/provider.ts';
import { ccsCredential } from '../../handshake/credential.ts';
import { userCodeKey, userProof } from '../../keys/user-code.ts';
import { readAll } from '../devices.ts';
import { decodeCode, encodeCode, networkOf } from '../onboarding-code.ts';
import { openRootKey } from '../root-key.ts';
import { readSealingKey } from '../sealing-key.ts';
import { writeOnce } from '../secret-file.ts';
import type { KeyValueStore } from '../store/store.ts';
import { putProof } from '../user-proofs.ts';
import { putCode } from '../user-registry.ts';
import { UsageError } from './config.ts';
import { newSecret } from './new-code.ts';

export interface CodeWork {
  readonly store: KeyValueStore;
  readonly provider: CryptoProvider;
  readonly names: readonly string[];
  readonly state: string;
  readonly 'sealing-key': string;
  readonly minutes: string;
  readonly output: string;
  readonly json: string;
  say(line: string): void;
}

/** `user-code ID`: a new code, in the place of a former one. It is said once, or written to a file of its owner's. */
export async function makeUserCode(work: CodeWork): Promise<void> {
  const { store, provider, names, state, minutes, output, json, say } = work;
  const [user, ...others] = names;
  if (user === undefined || others.length > 0) throw new UsageError('admin user-code takes one user');
  if (state === '') throw new UsageError('--state has to be given: the folder of the server');
  if (json !== '' && output === '') throw new UsageError('JSON has no code: --output FILE takes it');
  const sealingKey = readSealingKey(provider, work['sealing-key'], process.env);
  const root = await openRootKey(provider, join(state, 'root-key'), store, sealingKey);
  const network = networkOf(Uint8Array.from(readFileSync(join(state, 'credential'))));
  const until = Math.floor(Date.now() / 1000) + Number(minutes) * 60;
  const secret = newSecret(provider);
  try {
    const code = encodeCode({ pneId: user, secret, network });
    if (output !== '') writeOnce(output, new TextEncoder().encode(`${code}\n`), 0o600);
    await putCode({ store, provider, root }, user, provider.secret(secret), until).catch((error: Error) => {
      if (output !== '') rmSync(output);
      throw error;
    });
    const end = new Date(until * 1000).toISOString();
    if (json !== '') return say(JSON.stringify({ user, until: end, file: output }));
    say(`${output === '' ? code : `${output} has the code`}, for one device of ${user} until ${end}`);
  } finally {
    secret.fill(0);
  }
}

/** `assign CODE DEVICE`, at a gateway: its server is shown that the user was here, and the device asks for his key. */
export async function assign({ store, provider, names, state, json, say }: CodeWork): Promise<void> {
  const [text, pneId, ...others] = names;
  if (text === undefined || pneId === undefined || others.length > 0)
    throw new UsageError('admin assign takes the code of a user, and the name of a device');
  if (state === '') throw new UsageError('--state has to be given: the folder of the gateway');
  if (!(await readAll(store)).some(({ subject }) => subject === pneId))
    throw new UsageError(`no device is called ${pneId}`);
  const gateway = ccsCredential(Uint8Array.from(readFileSync(join(state, 'credential')))).subject!;
  const { pneId: user, secret } = decodeCode(text);
  const key = userCodeKey(provider, user, provider.secret(secret));
  secret.fill(0);
  const proof = userProof(provider, key, { gateway, pneId, user });
  key.wipe();
  await putProof(store, { pneId, user, proof });
  if (json !== '') return say(JSON.stringify({ user, pne: pneId, outcome: 'shown' }));
  say(`${user} was here for ${pneId}: the gateway's log says what its server makes of it`);
}
