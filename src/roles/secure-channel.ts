// SPDX-License-Identifier: Apache-2.0

import type { Secret } from '../crypto/provider.ts';
import type { Party } from '../handshake/credential.ts';
import type { Established, ExportedContext } from '../handshake/established.ts';
import { KeyExporterLabel } from '../keys/labels.ts';
import { KEY_BYTES } from '../keys/wrapping.ts';
import type { Choice, ChosenProtection } from '../negotiation/select.ts';
import { refuse } from '../refusal.ts';
import { maxIdLength } from '../session/context.ts';
import { keyLimits } from '../session/key-limits.ts';
import type { Nestable } from '../session/nested.ts';
import { createSession } from '../session/session.ts';

/** Messages in both directions, protected as was agreed: records, or bare where the link does it all. */
export interface SecureChannel extends Nestable {
  /** Whether so many messages were protected that new keys are to be made before these reach their limit. */
  readonly renewalDue: boolean;
  /** The highest sequence number of a verified record: -1 before the first, and where messages are bare. */
  readonly newestReceived: number;
  /** A key of the handshake's besides, that keys are sent under; of the channel, which wipes it. */
  readonly wrappingKey: Secret | undefined;
  /** Returns a message for the link, owned by the caller. Refuses what src/session refuses. */
  protect(message: Uint8Array): Uint8Array;
  /** Returns the message, owned by the caller, or refuses and changes nothing. */
  unprotect(message: Uint8Array): Uint8Array;
  /** Wipes the keys. Safe to call twice. */
  close(): void;
}

/**
 * Refuses with `connectionIdInvalid` an identifier of the peer's that the records of a choice cannot carry. To be
 * asked as soon as both are known: a handshake that is found out at its end leaves one end established alone.
 */
export function checkCarried({ length }: Uint8Array, { toResponder, toInitiator }: Choice): void {
  const isTooLong = ({ recordAlgorithm }: ChosenProtection) =>
    recordAlgorithm !== undefined && length > maxIdLength(recordAlgorithm);
  if (isTooLong(toResponder) || isTooLong(toInitiator)) refuse('connectionIdInvalid');
}

/**
 * Makes the session of a handshake, whose keys it takes over and which it closes, also where it refuses.
 * `renewAfter`: messages protected until renewal is due, to within a block of sequence numbers; by default what
 * leaves an eighth of the key's limit.
 */
export function openChannel(
  established: Established<Party>,
  { toResponder, toInitiator }: Choice,
  end: 'initiator' | 'responder',
  renewAfter?: number,
): SecureChannel {
  const [sent, received] = end === 'initiator' ? [toResponder, toInitiator] : [toInitiator, toResponder];
  const exported = toResponder.recordAlgorithm ?? toInitiator.recordAlgorithm;
  if (exported === undefined) {
    established.close();
    return BARE;
  }
  const context = established.securityContext(exported);
  const wrappingKey = established.exportSecret(KeyExporterLabel.wrapping, new Uint8Array(0), KEY_BYTES);
  established.close();
  return sessionChannel({ ...context, wrappingKey }, sent, received, renewAfter);
}

/** Messages under a key until new ones are made: the rest of its limit is for what is sent meanwhile. */
export function renewalBound(algorithm: number): number {
  return (keyLimits(algorithm).maxSealed * 7) / 8;
}

const BARE: SecureChannel = Object.freeze({
  renewalDue: false,
  newestReceived: -1,
  ends: undefined,
  wrappingKey: undefined,
  protect: (message: Uint8Array) => message.slice(),
  unprotect: (message: Uint8Array) => message.slice(),
  close(): void {},
});

/** Both ends export for the same algorithm, so that they have the same secret whatever each sends with. */
function sessionChannel(
  context: ExportedContext & { readonly wrappingKey: Secret },
  sent: ChosenProtection,
  received: ChosenProtection,
  renewAfter: number | undefined,
): SecureChannel {
  const { algorithm: exported, masterSecret, wrappingKey } = context;
  const algorithm = sent.recordAlgorithm ?? exported;
  let renewalDue = false;
  try {
    const lastBound = renewAfter ?? renewalBound(algorithm);
    const session = createSession(
      { ...context, algorithm, recipientAlgorithm: received.recordAlgorithm ?? exported },
      {
        firstSequenceNumber: 0,
        // The keys are new and live in memory alone: no number of theirs was used before or will be after.
        reserve(upTo): void {
          renewalDue = upTo > lastBound;
        },
      },
    );
    return {
      get renewalDue(): boolean {
        return renewalDue;
      },
      get newestReceived(): number {
        return session.received().highest;
      },
      protect: sent.recordAlgorithm === undefined ? BARE.protect : session.protect,
      unprotect: received.recordAlgorithm === undefined ? BARE.unprotect : session.unprotect,
      ends:
        sent.recordAlgorithm === undefined || received.recordAlgorithm === undefined
          ? undefined
          : session.ends,
      wrappingKey,
      close(): void {
        wrappingKey.wipe();
        session.close();
      },
    };
  } catch (error) {
    wrappingKey.wipe();
    throw error;
  } finally {
    masterSecret.wipe();
  }
}
