// SPDX-License-Identifier: Apache-2.0
import { ImplementationLimits } from '../../src/limits.ts';
import type { Link, LinkEvents } from '../../src/link/link.ts';
import type { After } from '../../src/link/timer.ts';
import type { Connect } from './connect.ts';

export interface ReconnectOptions {
  readonly connect: Connect;
  /** Gives a link that came up to its owner. */
  attach(link: Link): LinkEvents;
  readonly after: After;
  fillRandom(target: Uint8Array): void;
}

export interface Connection {
  /** The link that is up has carried what only the other end of the network can have made. */
  proved(): void;
}

const { linkProvenMs, reconnectFirstMs, reconnectMaxMs } = ImplementationLimits;

/**
 * Connects, and again whenever that fails or the link ends. The pause doubles each time, up to a bound, and is up
 * to half as long again by jitter, so that devices that lost their gateway together do not return together. It is
 * the first one again after a link that proved useful: bytes alone show no more than that somebody is there.
 */
export function keepConnected({ connect, attach, after, fillRandom }: ReconnectOptions): Connection {
  let pauseMs: number = reconnectFirstMs;

  function proved(): void {
    pauseMs = reconnectFirstMs;
  }

  function adopt(link: Link): LinkEvents {
    const events = attach(link);
    const proof = after(linkProvenMs, proved);
    return {
      onMessage: (message) => events.onMessage(message),
      onClosed(): void {
        proof.cancel();
        events.onClosed();
        retry();
      },
    };
  }

  function retry(): void {
    const jitter = new Uint8Array(1);
    fillRandom(jitter);
    after(Math.round(pauseMs * (1 + jitter[0]! / 510)), start);
    pauseMs = Math.min(2 * pauseMs, reconnectMaxMs);
  }

  function start(): void {
    connect(adopt, retry);
  }

  start();
  return { proved };
}
