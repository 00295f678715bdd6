// SPDX-License-Identifier: Apache-2.0

import { curveParameters } from '../crypto/curves.ts';
import type { PrivateKey } from '../crypto/provider.ts';
import type { SuiteContext } from './context.ts';
import type { EadItem } from './ead.ts';
import type { Keyring } from './keyring.ts';
import { encodeMessage1 } from './message-1.ts';

export interface StartRequest {
  /** C_I, under which this end will expect records. Up to 7 bytes. */
  readonly connectionId: Uint8Array;
  readonly ead1?: readonly EadItem[];
  /** The suite that the Responder is known to support. Without, the one preferred. */
  readonly suite?: number;
}

/** What the Initiator keeps of its message_1. */
export interface SentMessage1 {
  readonly message1: Uint8Array;
  readonly cI: Uint8Array;
  readonly ephemeral: PrivateKey;
}

/** Makes message_1 (RFC 9528 section 5.2.2). `suites` are SUITES_I, `keys` keep the ephemeral key. */
export function composeMessage1(
  { provider, suite, method }: SuiteContext,
  suites: readonly number[],
  { connectionId, ead1 = [] }: StartRequest,
  keys: Keyring,
): SentMessage1 {
  const ephemeral = keys.hold(provider.generateKey(suite.curve));
  const gX = ephemeral.publicKey.subarray(0, curveParameters(suite.curve)!.coordinateLength);
  const cI = connectionId.slice();
  return { message1: encodeMessage1({ method, suites, gX, cI }, ead1), cI, ephemeral };
}
