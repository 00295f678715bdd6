// SPDX-License-Identifier: Apache-2.0

/**
 * A PNE that joins: on each link that comes up it runs the handshake of onboarding.ts, until the server has answered.
 * Its key is made and kept before, so that after a power cut it comes again as the same device.
 */
import type { CryptoProvider, PrivateKey, Secret } from '../crypto/provider.ts';
import { createPskInitiator } from '../handshake/psk/initiator.ts';
import { ImplementationLimits } from '../limits.ts';
import { Channel, encodeChannelMessage, onboardingBody } from '../link/channel.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import type { After } from '../link/timer.ts';
import { type ReasonName, Refusal, refuse } from '../refusal.ts';
import { jitterOf } from './interface.ts';
import {
  compressedKey,
  decodeAnswer,
  type Membership,
  ONBOARDING_EAD_LABEL,
  onboardingItem,
  onboardingKey,
  onboardingValue,
} from './onboarding.ts';
import { PskExchange } from './psk-exchange.ts';

export interface PneOnboardingOptions {
  readonly provider: CryptoProvider;
  readonly pneId: string;
  readonly secret: Secret;
  /** Returns the key to join with, of P-256, the same each time. What it refuses ends the link. */
  openKey(): PrivateKey;
  readonly after: After;
  /** Keeps what the server said, and has the link from then on. Where it refuses the link ends, and this end comes again. */
  onJoined(membership: Membership): void;
  onRefused(reason: ReasonName): void;
}

/** P-256, as the keys of those that join. */
const SUITE = 2;
const CONNECTION_ID = Uint8Array.of(0);

/** Adopts a link until the PNE has joined. Returns what the link shall call till then, and where it ends before. */
export function joinBy(link: Link, options: PneOnboardingOptions): LinkEvents {
  const { provider, pneId, secret, openKey, onJoined, onRefused } = options;
  const psk = onboardingKey(provider, pneId, secret);
  const exchange = attempted(() => begin(compressedKey(openKey().publicKey)));
  if (exchange === undefined) link.close();
  return {
    onMessage: (message) =>
      attempted(() => exchange?.receive(onboardingBody(message) ?? refuse('frameInvalid'))),
    onClosed(): void {
      exchange?.stop();
      psk.secret.wipe();
    },
  };

  function begin(key: Uint8Array): PskExchange<undefined> {
    const knownEad = [ONBOARDING_EAD_LABEL];
    const ead3 = [onboardingItem(key)];
    return new PskExchange({
      ...options,
      initiator: createPskInitiator({ provider, version: 8, psk, suite: SUITE, knownEad }),
      connectionId: CONNECTION_ID,
      ead1: [],
      maxTransmissions: ImplementationLimits.handshakeMaxTransmissions,
      jitter: jitterOf(options),
      answer: () => ({ ead3, answer: undefined }),
      send: (message) => link.send(encodeChannelMessage(Channel.onboarding, message)),
      onConfirmed({ established, ead4 }): void {
        established.close();
        const isJoined = attempted(() => {
          onJoined(decodeAnswer(onboardingValue(ead4)));
          return true;
        });
        if (isJoined === undefined) link.close();
      },
      onFailed: () => link.close(),
    });
  }

  function attempted<Result>(work: () => Result): Result | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      onRefused(error.reasonName);
      return undefined;
    }
  }
}
