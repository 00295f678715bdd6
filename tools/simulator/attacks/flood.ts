// SPDX-License-Identifier: Apache-2.0

import { ImplementationLimits } from '../../../src/limits.ts';
import { PLAIN_STREAM } from '../../../src/link/attestation.ts';
import type { Link } from '../../../src/link/link.ts';
import { connectTcp } from '../../../src/node/tcp.ts';
import type { Attack } from './attack.ts';
import type { Attempt } from './attempt.ts';
import { makeMessage1, type Opened, openMessage1 } from './message-1.ts';
import { works } from './messages.ts';
import { Probe } from './probe.ts';
import { PATIENCE_MS, SmallNetwork } from './small-network.ts';
import { until } from './until.ts';

const MESSAGES = 300;
/** The others are refused at once. */
const REFUSED = MESSAGES - ImplementationLimits.maxHalfOpenPerPeer;

export const flood: Attack = {
  name: 'flood',
  title: 'Flood',
  does: `Sends the gateway ${MESSAGES} beginnings of a handshake, no two alike, on a link of its own.`,
  clause: 'halfOpen',
  async strike(attempt) {
    const first = openMessage1(firstMessage(attempt));
    let link: Link | undefined;
    await connectTcp(attempt.target.gatewayPort, (opened) => {
      link = opened;
      return { onMessage(): void {}, onClosed(): void {} };
    });
    attempt.atEnd(() => link!.close());
    for (const message of manyLike(first)) link!.send(message);
    const refused = () => attempt.refusals.filter(({ reason }) => reason === 'queueFull').length;
    await until(() => refused() >= REFUSED, PATIENCE_MS, `refused ${refused()} of ${MESSAGES}`);
    const { pne } = await attempt.arrival();
    const lines = [`refused ${refused()} of ${MESSAGES}; meanwhile readings arrived, such as one of ${pne}`];
    return attempt.refusal('CPNS-1', lines, ({ reason }) => reason === 'queueFull');
  },
  /** The places that a flood takes are those of its own link. */
  async control() {
    const network = new SmallNetwork();
    const probe = network.connect({}, (message, direction) =>
      direction === 'up' ? [...manyLike(openMessage1(message)), message] : undefined,
    );
    await until(() => network.refusals.length > REFUSED, PATIENCE_MS, 'the flood did not pass');
    network.close();
    const what = 'an attacker on the own link of a PNE: while the flood lasts the PNE is not let in';
    return works(!probe.hasAgreed('CPNS-1'), what);
  },
};

/** How a PNE begins. */
function firstMessage({ target: { provider, visitor, gateway, server } }: Attempt): Uint8Array {
  let first: Uint8Array | undefined;
  const probe = new Probe({ provider, identity: visitor, gateway, server });
  const events = probe.attach({
    send(message): void {
      first ??= message.slice();
    },
    attestation: () => PLAIN_STREAM,
    close(): void {},
  });
  events.onClosed();
  return first!;
}

function manyLike({ message, items }: Opened): Uint8Array[] {
  return Array.from({ length: MESSAGES }, (_, number) => {
    const padding = { label: 0, critical: false, value: Uint8Array.of(number >> 8, number & 0xff) };
    return makeMessage1({ message, items: [...items, padding] });
  });
}
