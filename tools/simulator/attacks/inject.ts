// SPDX-License-Identifier: Apache-2.0

import { Algorithm } from '../../../src/crypto/algorithms.ts';
import { bodyOf, Channel, encodeChannelMessage } from '../../../src/link/channel.ts';
import { GatewayChannel } from '../../../src/link/gateway-channel.ts';
import { decodeRoute, encodeRoute } from '../../../src/link/route.ts';
import { compactPayloads } from '../../../src/payload/compact.ts';
import { encodeMessage, MessageType } from '../../../src/roles/message.ts';
import type { Attack } from './attack.ts';
import { guessedSession } from './key-guess.ts';
import { isEndToEnd, isRecord, shown, works } from './messages.ts';
import { SmallNetwork } from './small-network.ts';

const FORGED = encodeMessage({
  type: MessageType.reading,
  number: 1,
  payload: compactPayloads.encode('forged'),
});

export const inject: Attack = {
  name: 'inject',
  title: 'Inject',
  does: 'Sends the server a record of its own under the identifier of the gateway, with a key that it has made up.',
  clause: 'failure',
  async strike(attempt) {
    const { provider, taps } = attempt.target;
    const seen = await attempt.next('wire', 'up', (message) => (isRecord(message) ? [message] : undefined));
    const session = guessedSession(provider, bodyOf(seen), Algorithm.AES_CCM_16_128_128, 'send');
    const route = encodeRoute(0, encodeChannelMessage(Channel.endToEndRecord, FORGED));
    const record = session.protect(encodeChannelMessage(GatewayChannel.routes, route));
    session.close();
    const message = encodeChannelMessage(GatewayChannel.record, record);
    taps.wire.inject(message, 'up');
    return attempt.refusal('CPNS-2', [`made up: ${shown(message)}`]);
  },
  control: injectWithKey,
};

/** In place of a reading: what the PNE would have sealed. */
async function injectWithKey(): Promise<string> {
  const network = new SmallNetwork();
  const probe = network.connect();
  probe.pne.report('first');
  await network.arrival('first');
  const key = probe.agreements.find(({ name }) => name === 'CPNS-3')!.channel;
  network.relay.watch((route, direction) => {
    if (direction === 'down' || !isEndToEnd(route)) return undefined;
    const forged = encodeChannelMessage(Channel.endToEndRecord, key.protect(FORGED));
    return [encodeRoute(decodeRoute(route).flow, forged)];
  });
  probe.pne.report('true');
  await network.arrival('forged');
  network.close();
  return works(
    !network.received.includes('true'),
    'an attacker who has the key of the session: the server took "forged" for a reading',
  );
}
