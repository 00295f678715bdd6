// SPDX-License-Identifier: Apache-2.0

/** A CPNS Server in memory, and a PNE that has registered with it through a gateway's link. */
import { DEFAULT_PN, lastingMembership } from '../../src/authorization/membership.ts';
import { Curve } from '../../src/crypto/curves.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import { type Credential, ccsCredential, encodeCcs, type Identity } from '../../src/handshake/credential.ts';
import { PLAIN_STREAM } from '../../src/link/attestation.ts';
import { Channel, type EndToEndChannel, encodeChannelMessage } from '../../src/link/channel.ts';
import type { Link, LinkEvents } from '../../src/link/link.ts';
import { decodeRoute, encodeRoute } from '../../src/link/route.ts';
import { initiate } from '../../src/roles/initiation.ts';
import { type Agreement, staticDhInterface } from '../../src/roles/interface.ts';
import { encodeMessage, MessageType } from '../../src/roles/message.ts';
import { createServer } from '../../src/roles/server.ts';
import { createMemoryStore } from '../../src/roles/server-store.ts';

export interface ServedPne {
  /** Returns the route of a reading with the next number, as a gateway sends it. */
  readingRoute(payload: Uint8Array): Uint8Array;
  /** The server's end of the gateway's link: takes a route, and answers before it returns. */
  deliver(route: Uint8Array): void;
  /** Throws where not exactly so many readings were handed over and have a receipt. */
  checkAnswered(count: number): void;
}

const PNE_ID = 'pne-1';
const FLOW = 0;
/** Of records with a PNE that registers for the first time. */
const BOOT = Object.freeze({ epoch: 1, tag: new Uint8Array(4) });

export function servePne(provider: CryptoProvider): ServedPne {
  const pne = identity(provider, PNE_ID, 2);
  const own = identity(provider, 'server', 1);
  const toPne: Uint8Array[] = [];
  let handedOver = 0;
  let answered = 0;
  /** Answers to the handshake, and what a registration is answered with. */
  let before: number | undefined;
  const events = startServer(provider, own, pne.credential, {
    onReading() {
      handedOver += 1;
    },
    send(answer) {
      answered += 1;
      if (before === undefined) toPne.push(answer);
    },
  });
  const { channel } = agree(provider, pne, own.credential, events, toPne);
  const toServer = (message: Uint8Array) => route(Channel.endToEndRecord, channel.protect(message));
  const registration = { ...BOOT, pneId: PNE_ID, contents: { epoch: 0, next: 0 } };
  events.onMessage(toServer(encodeMessage({ type: MessageType.registration, ...registration })));
  before = answered;
  let number = 0;
  return {
    readingRoute: (payload) =>
      toServer(encodeMessage({ type: MessageType.reading, number: number++, payload })),
    deliver: (message) => events.onMessage(message),
    checkAnswered(count) {
      const receipts = answered - before!;
      if (handedOver !== count || receipts !== count)
        throw new Error(`of ${count} readings ${handedOver} were handed over and ${receipts} confirmed`);
    },
  };
}

function startServer(
  provider: CryptoProvider,
  own: Identity,
  pne: Credential,
  { onReading, send }: { onReading(): void; send(answer: Uint8Array): void },
): LinkEvents {
  const server = createServer({
    endToEnd: staticDhInterface('server', 'CPNS-3', provider, own, [pne]),
    after: noTimer,
    store: createMemoryStore(),
    grants: lastingMembership([PNE_ID]),
    pn: DEFAULT_PN,
    onAgreed() {},
    onRegistered() {},
    onReading,
    onContentSettled() {},
    onRefused(reason) {
      throw new Error(`the server refused what it is measured with: ${reason}`);
    },
  });
  const link: Link = { attestation: () => PLAIN_STREAM, send, close() {} };
  return server.attachGateway(link);
}

/** Runs the PNE's end of CPNS-3. */
function agree(
  provider: CryptoProvider,
  own: Identity,
  server: Credential,
  events: LinkEvents,
  toPne: Uint8Array[],
): Agreement {
  let agreed: Agreement | undefined;
  const toServer: Uint8Array[] = [];
  const initiation = initiate({
    own: staticDhInterface('pne', 'CPNS-3', provider, own, [server]),
    after: noTimer,
    attestation: () => PLAIN_STREAM,
    send: (message) => toServer.push(message),
    onAgreed(agreement) {
      agreed = agreement;
    },
    onFailed() {},
    onRefused() {},
  });
  for (let message = toServer.shift(); message !== undefined; message = toServer.shift()) {
    events.onMessage(route(Channel.endToEndHandshake, message));
    for (const answer of toPne.splice(0)) initiation.receive(decodeRoute(answer).message.subarray(1));
  }
  if (agreed === undefined) throw new Error('the PNE and the server did not agree');
  return agreed;
}

function route(channel: EndToEndChannel, body: Uint8Array): Uint8Array {
  return encodeRoute(FLOW, encodeChannelMessage(channel, body));
}

function identity(provider: CryptoProvider, subject: string, kid: number): Identity {
  const privateKey = provider.generateKey(Curve.P256);
  const { curve, publicKey } = privateKey;
  return {
    privateKey,
    credential: ccsCredential(encodeCcs({ curve, publicKey, kid: Uint8Array.of(kid) }, subject)),
  };
}

function noTimer() {
  return { cancel(): void {} };
}
