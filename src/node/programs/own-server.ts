// SPDX-License-Identifier: Apache-2.0

/** The server that a gateway or an external entity has: who it proves to be, and what can be done where it is another. */
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

/** Says why there is no server, once where every try fails alike. */
export class ServerAbsence {
  private readonly log: Log;
  private readonly remedies: Partial<Record<ReasonName, string>>;
  private last: string | undefined;

  /** `state`: the folder of this end; `admission`: what the server's administrator types for it. */
  constructor(log: Log, state: string, admission = 'add-gateway FILE') {
    this.log = log;
    const typed = admission.replace('FILE', join(state, 'credential'));
    this.remedies = {
      peerRefused: `pne-runtime admin ${typed} --state FOLDER-OF-THE-SERVER`,
      credentialUnknown: 'another --server-credential, or another --server',
    };
  }

  refused(reason: ReasonName): void {
    const remedy = this.remedies[reason];
    this.say('server-refused', { reason, ...(remedy !== undefined && { try: remedy }) });
  }

  unreachable({ message }: Error): void {
    this.say('server-unreachable', { reason: message });
  }

  /** The server is there: what is said next is news. */
  over(): void {
    this.last = undefined;
  }

  private say(event: string, facts: Readonly<Record<string, string>>): void {
    if (facts.reason !== this.last) this.log(event, facts);
    this.last = facts.reason;
  }
}
