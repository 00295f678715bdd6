// SPDX-License-Identifier: Apache-2.0

import { grantItems } from '../authorization/ead.ts';
import { createPskInitiator } from '../handshake/psk/initiator.ts';
import { ImplementationLimits } from '../limits.ts';
import { negotiationItem, negotiationValue } from '../negotiation/ead.ts';
import { acceptAnswer, createOffer } from '../negotiation/exchange.ts';
import { Authentication } from '../negotiation/mechanisms.ts';
import type { Side } from '../negotiation/policy.ts';
import type { Choice } from '../negotiation/select.ts';
import type { Initiation, InitiationOptions } from './initiation-options.ts';
import { agree } from './initiator-agreement.ts';
import { handshakeOptions, jitterOf, sideOf } from './interface.ts';
import { PskExchange } from './psk-exchange.ts';
import type { ResumptionKey } from './resumption.ts';
import { checkCarried } from './secure-channel.ts';

/**
 * Resumes by the key of the handshake before, where there is one; returns undefined where there is none. Anything but an
 * agreement ends in `fallBack`, once: a forged error, or a silence that somebody makes, costs a handshake with public
 * keys. The offer holds this mechanism alone, so that the one that follows is another negotiation.
 */
export function resume(
  options: InitiationOptions,
  connectionId: Uint8Array,
  fallBack: () => Initiation,
): Initiation | undefined {
  const { own } = options;
  const key = own.resumption?.key;
  if (key === undefined) return undefined;
  let following: Initiation | undefined;
  const exchange = startExchange(options, key, connectionId, () => {
    following = fallBack();
  });
  return {
    receive: (message) => (following ?? exchange).receive(message),
    stop: () => (following ?? exchange).stop(),
  };
}

function startExchange(
  options: InitiationOptions,
  { suite, psk, peer }: ResumptionKey,
  connectionId: Uint8Array,
  onFailed: () => void,
): PskExchange<Choice> {
  const { own, attestation } = options;
  const side = (): Side => ({ ...sideOf(own, attestation()), methods: [Authentication.psk] });
  const offer = createOffer(side());
  return new PskExchange<Choice>({
    ...options,
    initiator: createPskInitiator({ ...handshakeOptions(own), version: 8, psk, suite }),
    connectionId,
    ead1: [negotiationItem(offer.bytes)],
    maxTransmissions: ImplementationLimits.resumptionMaxTransmissions,
    jitter: jitterOf(own),
    answer({ ead2, peerConnectionId }) {
      const { choice, echo } = acceptAnswer(negotiationValue(ead2), offer, side(), Authentication.psk);
      checkCarried(peerConnectionId, choice);
      return { ead3: [negotiationItem(echo), ...grantItems(own.grant?.())], answer: choice };
    },
    onConfirmed: ({ established, answer, handshakeBytes }) =>
      agree(options, { established, peer, choice: answer, handshakeBytes, connectionId }),
    onFailed,
  });
}
