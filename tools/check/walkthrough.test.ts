// SPDX-License-Identifier: Apache-2.0

/** ARCHITECTURE.md draws the bytes of one reading: they are those that the code makes. */
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { Algorithm } from '../../src/crypto/algorithms.ts';
import { createNobleProvider } from '../../src/crypto/noble/provider.ts';
import { Channel, encodeChannelMessage } from '../../src/link/channel.ts';
import { cutFragment } from '../../src/link/cut.ts';
import { valueBytes } from '../../src/link/fragment.ts';
import { encodeFrame } from '../../src/link/frame.ts';
import { GatewayChannel } from '../../src/link/gateway-channel.ts';
import { encodeRoute } from '../../src/link/route.ts';
import { createCborXPayloads } from '../../src/payload/codec.ts';
import { compactPayloads } from '../../src/payload/compact.ts';
import { encodeMessage, type Message, MessageType } from '../../src/roles/message.ts';
import { expandRecord } from '../../src/session/expand.ts';
import { withRecords } from '../../src/session/records.ts';
import { createSession, type Session } from '../../src/session/session.ts';

const test = suite('check/walkthrough');
const DOCUMENT = readFileSync(new URL('../../ARCHITECTURE.md', import.meta.url), 'utf8');

/** Input parameters of RFC 8613: for CPNS-3 those of appendix C.1, for CPNS-1 and CPNS-2 those of C.2. */
const MASTER_SECRET = '0102030405060708090a0b0c0d0e0f10';
const END_TO_END_SALT = '9e7ca92223786340';
const HOP_SALT = '';

interface End {
  readonly endToEnd: Session;
  readonly hop: Session;
  /** Of the gateway that is on the way, with the server: its end when this one sends up, else the server's. */
  readonly gateway: Session;
}

/** As a first handshake numbers the ends: the Responder's identifier is 01, the Initiator's 00. */
const pne = end(0x01, 0x00);
const network = end(0x00, 0x01);

function end(senderId: number, recipientId: number): End {
  return {
    endToEnd: session(END_TO_END_SALT, senderId, recipientId),
    hop: session(HOP_SALT, senderId, recipientId),
    gateway: session(HOP_SALT, senderId, recipientId, Algorithm.AES_CCM_16_128_128),
  };
}

function session(
  salt: string,
  senderId: number,
  recipientId: number,
  algorithm: number = Algorithm.AES_CCM_16_64_128,
): Session {
  const provider = withRecords(createNobleProvider(() => assert.unreachable('a record needs no randomness')));
  const context = {
    provider,
    algorithm,
    masterSecret: provider.secret(fromHex(MASTER_SECRET)),
    masterSalt: fromHex(salt),
    senderId: Uint8Array.of(senderId),
    recipientId: Uint8Array.of(recipientId),
  };
  return createSession(context, { firstSequenceNumber: 0, reserve(): void {} });
}

function draws(name: string, bytes: Uint8Array): void {
  const line = new RegExp(`^${name} +${bytes.length} +${toHex(bytes)}$`, 'm');
  assert.match(DOCUMENT, line, `ARCHITECTURE.md: no line '${name}  ${bytes.length}  ${toHex(bytes)}'`);
}

function drawsJourney(name: string, message: Message, from: End, to: End): Uint8Array {
  const plaintext = encodeMessage(message);
  const record = from.endToEnd.protect(plaintext);
  const endToEnd = encodeChannelMessage(Channel.endToEndRecord, record);
  const hopRecord = from.hop.protect(endToEnd);
  const link = encodeChannelMessage(Channel.hopRecord, hopRecord);
  assert.equal(to.hop.unprotect(hopRecord), endToEnd);
  assert.equal(to.endToEnd.unprotect(record), plaintext);
  draws(`${name} message`, plaintext);
  draws(`${name} record`, record);
  draws(`${name} hop record`, hopRecord);
  draws(`${name} frame`, encodeFrame(link));
  if (name === 'reading') draws('reading value', value(link));
  const route = encodeRoute(0, endToEnd);
  draws(`${name} route`, route);
  const gatewayRecord = from.gateway.protect(encodeChannelMessage(GatewayChannel.routes, route));
  assert.equal(to.gateway.unprotect(gatewayRecord).subarray(1), route);
  draws(`${name} gateway link`, encodeChannelMessage(GatewayChannel.record, gatewayRecord));
  return record;
}

/** A link message that one value of ATT has room for. */
function value(bytes: Uint8Array): Uint8Array {
  return cutFragment(bytes, 0, valueBytes(247), 0);
}

test('a reading, its receipt and a content are drawn as they are', () => {
  const { encode } = createCborXPayloads();
  const payload = encode({ temperature: 21.5, motion: true });
  draws('reading payload', payload);
  const reading = drawsJourney('reading', { type: MessageType.reading, number: 0, payload }, pne, network);
  draws('reading expanded', expandRecord(reading, Algorithm.AES_CCM_16_64_128));
  const names = compactPayloads.withNames(Uint8Array.of(0x81, MessageType.dictionary), [payload]);
  draws('names message', names);
  const concise = compactPayloads.pack(MessageType.readings, 1, [payload], names, 2)!;
  draws('concise message', concise);
  draws('two together', compactPayloads.pack(MessageType.readings, 1, [payload, payload], names, 2)!);
  drawsJourney('receipt', { type: MessageType.receipt, number: 0, status: 0 }, network, pne);
  const settings = encode({ interval: 1000 });
  draws('content payload', settings);
  drawsJourney('content', { type: MessageType.content, number: 0, payload: settings }, network, pne);
});

test.run();
