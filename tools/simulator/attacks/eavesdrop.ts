// SPDX-License-Identifier: Apache-2.0

import { encodeUtf8 } from '../../../src/bytes/utf8.ts';
import { Algorithm } from '../../../src/crypto/algorithms.ts';
import { bodyOf, Channel } from '../../../src/link/channel.ts';
import { decodeRoute } from '../../../src/link/route.ts';
import { Confidentiality, Integrity } from '../../../src/negotiation/mechanisms.ts';
import type { Policy } from '../../../src/negotiation/policy.ts';
import { policyOf } from '../../../src/roles/interface.ts';
import type { Attack } from './attack.ts';
import type { Attempt } from './attempt.ts';
import { guessedSession } from './key-guess.ts';
import { contains, isEndToEnd, refusalOf, shown, works } from './messages.ts';
import { SmallNetwork } from './small-network.ts';
import type { Strike } from './strike.ts';

/** Messages that are kept of each place. */
const MAX_KEPT = 500;

export const eavesdrop: Attack = {
  name: 'eavesdrop',
  title: 'Eavesdrop',
  does: 'Listens on the air, between gateway and server, and within the gateway, and tries a key of its own.',
  clause: 'encrypt',
  strike: listen,
  control: readUnencrypted,
};

async function listen(attempt: Attempt): Promise<Strike> {
  const kept = { air: [] as Uint8Array[], wire: [] as Uint8Array[], relay: [] as Uint8Array[] };
  const keep = (place: keyof typeof kept, message: Uint8Array) => {
    kept[place].push(message);
    if (kept[place].length > MAX_KEPT) kept[place].shift();
  };
  for (const place of ['wire', 'relay'] as const)
    attempt.watch(place, (message, direction) => {
      if (direction === 'up') keep(place, message);
      return undefined;
    });
  const stop = attempt.target.radio?.air.tap(({ pdu, direction }) => {
    if (direction === 'toCentral' && pdu.length > 2) keep('air', pdu);
    return undefined;
  });
  if (stop !== undefined) attempt.atEnd(stop);
  await attempt.next('relay', 'up', (route) => (isEndToEnd(route) ? [route] : undefined));
  const { pne, reading } = await attempt.arrival();
  const all = [...kept.air, ...kept.wire, ...kept.relay];
  const isRead = all.some((message) => contains(message, reading.payload));
  const record = kept.relay.findLast(isEndToEnd)!;
  const reason = refusalOf(() => tryKey(attempt, decodeRoute(record).message));
  return {
    isHeld: !isRead && reason !== undefined,
    ...(reason !== undefined && { reason }),
    lines: [
      `before encryption, at ${pne}: ${JSON.stringify(reading.value)} = ${shown(reading.payload)}`,
      ...(kept.air.length > 0 ? [`on the air: ${shown(kept.air.at(-1)!)}`] : []),
      `within the gateway: ${shown(record)}`,
      `between gateway and server: ${shown(kept.wire.at(-1)!)}`,
    ],
  };
}

function tryKey({ target: { provider } }: Attempt, message: Uint8Array): void {
  const record = bodyOf(message);
  const session = guessedSession(provider, record, Algorithm.AES_CCM_16_64_128, 'receive');
  try {
    session.unprotect(record);
  } finally {
    session.close();
  }
}

/** A policy of nobody's but this control's: integrity is enough. */
async function readUnencrypted(): Promise<string> {
  const bare = withoutEncryption();
  const network = new SmallNetwork({
    change: (own) => (own.name === 'CPNS-3' ? { ...own, policy: bare } : own),
  });
  const said = 'temperature 21.5';
  let read = '';
  network.relay.watch((route, direction) => {
    const { message } = decodeRoute(route);
    if (direction === 'up' && message[0] === Channel.endToEndRecord && contains(message, encodeUtf8(said)))
      read = shown(message);
    return undefined;
  });
  const probe = network.connect({ endToEnd: { policy: bare } });
  probe.pne.report(said);
  await network.arrival(said);
  network.close();
  return works(read !== '', `a policy that admits integrity without encryption: "${said}" is in ${read}`);
}

function withoutEncryption(): Policy {
  const policy = policyOf('pne', 'CPNS-3');
  const protection = {
    integrity: { accepted: [Integrity.hmac64], floor: 64 },
    confidentiality: { accepted: [Confidentiality.none], floor: 0 },
  };
  return { ...policy, toResponder: protection, toInitiator: protection };
}
