// SPDX-License-Identifier: Apache-2.0

/** Our end of the records. They leave and enter as the full COSE messages that they stand for. */
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import { refuse } from '../../src/refusal.ts';
import { expandRecord } from '../../src/session/expand.ts';
import { readFull } from '../../src/session/forms.ts';
import { createSession, type SecurityContext, type Session } from '../../src/session/session.ts';
import type { Values } from './end.ts';

export interface RecordEnd {
  /** Starts a session. Wipes the context's secret. */
  open(context: SecurityContext, firstSequenceNumber: number): void;
  readonly steps: {
    context(request: Values): Values;
    protect(request: Values): Values;
    unprotect(request: Values): Values;
  };
}

export function createRecordEnd(provider: CryptoProvider): RecordEnd {
  let session: Session | undefined;

  function open(context: SecurityContext, firstSequenceNumber: number): void {
    const options = { firstSequenceNumber, reserve: () => undefined, readForm: readFull };
    session = createSession(context, options);
    context.masterSecret.wipe();
  }

  return {
    open,
    steps: {
      context(request) {
        open(readContext(provider, request), Number(request.sequence));
        return {};
      },
      protect({ plaintext }) {
        const { protect, algorithm } = session ?? refuse('stateInvalid');
        return { message: toHex(expandRecord(protect(fromHex(plaintext!)), algorithm)) };
      },
      unprotect({ message }) {
        const { unprotect } = session ?? refuse('stateInvalid');
        return { plaintext: toHex(unprotect(fromHex(message!))) };
      },
    },
  };
}

function readContext(provider: CryptoProvider, request: Values): SecurityContext {
  return {
    provider,
    algorithm: Number(request.algorithm),
    masterSecret: provider.secret(fromHex(request.secret!)),
    masterSalt: fromHex(request.salt!),
    senderId: fromHex(request.sender_id!),
    recipientId: fromHex(request.recipient_id!),
    ...(request.id_context !== '' && { idContext: fromHex(request.id_context!) }),
  };
}
