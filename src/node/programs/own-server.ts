// SPDX-License-Identifier: Apache-2.0

/** The server that a gateway has: who it proves to be, and what can be done where the two do not know each other. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Credential, ccsCredential } from '../../handshake/credential.ts';
import type { ReasonName } from '../../refusal.ts';
import { UsageError } from './config.ts';
import type { Log } from './log.ts';

export function readServerCredential(path: string): Credential {
  if (path === '')
    throw new UsageError('--server-credential has to be given: it lies in the folder of the server');
  try {
    return ccsCredential(Uint8Array.from(readFileSync(path)));
  } catch (error) {
    throw new UsageError(
      `${path} holds no credential of a server (${(error as Error).message}): take that in its folder`,
    );
  }
}

/** Logs why CPNS-2 is refused, once where every message is refused alike. `state`: the gateway's folder. */
export function serverRefusals(log: Log, state: string): (reason: ReasonName) => void {
  const remedies: Partial<Record<ReasonName, string>> = {
    peerRefused: `pne-runtime admin add-gateway ${join(state, 'credential')} --state FOLDER-OF-THE-SERVER`,
    credentialUnknown: 'another --server-credential, or another --server',
  };
  let last: ReasonName | undefined;
  return (reason) => {
    const remedy = remedies[reason];
    if (reason !== last) log('server-refused', { reason, ...(remedy !== undefined && { try: remedy }) });
    last = reason;
  };
}
