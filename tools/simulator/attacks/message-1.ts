// SPDX-License-Identifier: Apache-2.0

import type { EadItem } from '../../../src/handshake/ead.ts';
/** message_1 of CPNS-1 in an attacker's hands: it is sent in the clear. */
import { decodeMessage1, encodeMessage1, type Message1 } from '../../../src/handshake/message-1.ts';
import { bodyOf, Channel, encodeChannelMessage } from '../../../src/link/channel.ts';
import {
  decodeOffer,
  encodeOffer,
  NEGOTIATION_EAD_LABEL,
  negotiationItem,
} from '../../../src/negotiation/ead.ts';
import type { Offer } from '../../../src/negotiation/select.ts';
import type { Watcher } from './tap.ts';

export interface Opened {
  readonly message: Message1;
  readonly offer: Offer;
  readonly items: readonly EadItem[];
}

export function openMessage1(onLink: Uint8Array): Opened {
  const { ead1, ...message } = decodeMessage1(bodyOf(onLink), [NEGOTIATION_EAD_LABEL]);
  return { message, offer: decodeOffer(ead1.items[0]!.value!), items: ead1.items };
}

/** As it is on the link. */
export function makeMessage1({ message, items }: Pick<Opened, 'message' | 'items'>): Uint8Array {
  return encodeChannelMessage(Channel.hopHandshake, encodeMessage1(message, items));
}

/** The same with another offer. */
export function makeOffering({ message, offer }: Opened): Uint8Array {
  return makeMessage1({ message, items: [negotiationItem(encodeOffer(offer))] });
}

/** Changes the first message of a PNE. */
export function changingFirst(change: (first: Uint8Array) => Uint8Array): Watcher {
  let isFirst = true;
  return (message, direction) => {
    if (!isFirst || direction === 'down') return undefined;
    isFirst = false;
    return [change(message)];
  };
}
