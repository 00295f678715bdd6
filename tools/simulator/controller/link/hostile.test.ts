// SPDX-License-Identifier: Apache-2.0

/** A controller and a peer that keeps none of the rules. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Air } from '../air/air.ts';
import { ErrorCode } from '../errors.ts';
import { HandHost, SECOND, seededRandom } from '../hand-host.testing.ts';
import { Event, LeEvent } from '../hci/packet.ts';
import { LittleEndianWriter } from '../little-endian.ts';
import { RawPeer } from '../raw-peer.testing.ts';
import { DirectionCipher, deriveSession } from './cipher.ts';
import { ControlOpcode } from './control-pdu.ts';
import { FEATURES, VERSION } from './exchanges.ts';

const test = suite('simulator/controller/hostile');

const KEY = Uint8Array.from({ length: 16 }, (_, at) => at);
const DATA = { llid: 2, payload: Uint8Array.of(1, 2, 3) };
const VERSION_IND = Uint8Array.of(ControlOpcode.versionInd, ...VERSION);
const TERMINATE_IND = Uint8Array.of(ControlOpcode.terminateInd, 0x13);
const PAUSE_ENC_REQ = Uint8Array.of(ControlOpcode.pauseEncReq);
const PAUSE_ENC_RSP = Uint8Array.of(ControlOpcode.pauseEncRsp);
const START_ENC_RSP = Uint8Array.of(ControlOpcode.startEncRsp);
const HALF = { skd: new Uint8Array(8).fill(7), iv: new Uint8Array(4).fill(8) };
const ENC_REQ = Uint8Array.of(ControlOpcode.encReq, ...new Uint8Array(10), ...HALF.skd, ...HALF.iv);
const ENC_RSP = Uint8Array.of(ControlOpcode.encRsp, ...HALF.skd, ...HALF.iv);

/** A host that advertised, and a hostile central. */
function underCentral(): { host: HandHost; peer: RawPeer; air: Air } {
  const air = new Air(seededRandom('hostile'));
  const host = new HandHost(air, 'C0:00:00:00:00:01');
  const peer = new RawPeer(air);
  peer.connectTo(host);
  return { host, peer, air };
}

/** A host that connected, and a hostile peripheral. */
function underPeripheral(): { host: HandHost; peer: RawPeer; air: Air } {
  const air = new Air(seededRandom('hostile'));
  const host = new HandHost(air, 'C0:00:00:00:00:01');
  const peer = new RawPeer(air);
  peer.awaitCentral(host);
  return { host, peer, air };
}

function giveKey(host: HandHost): void {
  host.command(0x201a, new LittleEndianWriter().uint16(host.handle).octets(KEY).finish());
}

/** The host has the key and waits for the first encrypted PDU. */
function keyed(): ReturnType<typeof underCentral> {
  const attack = underCentral();
  const { host, peer } = attack;
  peer.say(ENC_REQ);
  const [response] = peer.controls();
  assert.is(response![0], ControlOpcode.encRsp);
  giveKey(host);
  peer.say();
  assert.equal(peer.controls(), [Uint8Array.of(ControlOpcode.startEncReq)]);
  const peripheral = { skd: response!.slice(1, 9), iv: response!.slice(9) };
  const session = deriveSession(KEY, { central: HALF, peripheral });
  peer.transmit = new DirectionCipher(session, 'toPeripheral');
  return { ...attack, peer: Object.assign(peer, { receive: new DirectionCipher(session, 'toCentral') }) };
}

function encrypted(): ReturnType<typeof underCentral> {
  const attack = keyed();
  attack.peer.say(START_ENC_RSP);
  assert.equal(attack.peer.controls(), [START_ENC_RSP]);
  assert.is(attack.host.events(Event.encryptionChange).length, 1);
  return attack;
}

function expectMicFailure(
  { host, air }: ReturnType<typeof underCentral>,
  data: readonly Uint8Array[] = [],
): void {
  air.clock.run(SECOND / 10);
  assert.equal(host.disconnections, [ErrorCode.micFailure]);
  assert.equal(host.received(), data);
}

test('the control: a peer that keeps the rules encrypts, and is heard', () => {
  const { host, peer } = encrypted();
  peer.say(DATA);
  assert.equal(host.received(), [DATA.payload]);
});

for (const [what, said] of [
  ['data', DATA],
  ['another procedure', VERSION_IND],
  ['encryption that was not begun', START_ENC_RSP],
  ['an unknown opcode', Uint8Array.of(0xfe)],
] as const) {
  test(`${what} between LL_ENC_REQ and the host's key ends the connection`, () => {
    const attack = underCentral();
    attack.peer.say(ENC_REQ, said);
    expectMicFailure(attack);
  });

  test(`${what} instead of LL_PAUSE_ENC_RSP ends the connection`, () => {
    const attack = encrypted();
    attack.peer.say(PAUSE_ENC_REQ);
    assert.equal(attack.peer.controls(), [PAUSE_ENC_RSP]);
    attack.peer.transmit = undefined;
    attack.peer.say(said);
    expectMicFailure(attack);
  });
}

for (const [what, said] of [
  ['data', DATA],
  ['another procedure', VERSION_IND],
] as const) {
  test(`${what}, well encrypted, instead of the first LL_START_ENC_RSP ends the connection`, () => {
    const attack = keyed();
    attack.peer.say(said);
    expectMicFailure(attack);
    assert.equal(attack.host.events(Event.encryptionChange), []);
  });

  test(`${what} instead of LL_START_ENC_REQ ends the connection`, () => {
    const attack = underPeripheral();
    const { host, peer } = attack;
    host.command(0x2019, new LittleEndianWriter().uint16(host.handle).octets(new Uint8Array(26)).finish());
    peer.say(DATA);
    peer.say(ENC_RSP);
    assert.equal(host.disconnections, []);
    peer.say(said);
    // What came before the peer had answered was no attack.
    expectMicFailure(attack, [DATA.payload]);
  });
}

test('a request to encrypt anew needs the pause confirmed', () => {
  const attack = encrypted();
  attack.peer.say(PAUSE_ENC_REQ);
  attack.peer.transmit = undefined;
  attack.peer.say(ENC_REQ);
  expectMicFailure(attack);
});

test('LL_TERMINATE_IND ends the connection at any time', () => {
  for (const { host, peer, air } of [underCentral(), underPeripheral(), encrypted()]) {
    peer.say(TERMINATE_IND);
    air.clock.run(SECOND / 10);
    assert.equal(host.disconnections, [0x13]);
  }
  const { host, peer, air } = underCentral();
  peer.say(ENC_REQ, TERMINATE_IND);
  air.clock.run(SECOND / 10);
  assert.equal(host.disconnections, [0x13]);
});

test('what is not of its role or its time is answered with LL_UNKNOWN_RSP', () => {
  const update = Uint8Array.of(ControlOpcode.connectionUpdateInd, 1, 0, 0, 80, 0, 0, 0, 44, 1, 99, 0);
  const cases = [
    [
      underCentral,
      [PAUSE_ENC_REQ, START_ENC_RSP, ENC_RSP, Uint8Array.of(0xfe), Uint8Array.of(ControlOpcode.pingReq, 1)],
    ],
    [underPeripheral, [ENC_REQ, PAUSE_ENC_REQ, START_ENC_RSP, update]],
    [encrypted, [ENC_REQ]],
  ] as const;
  for (const [begin, payloads] of cases) {
    for (const payload of payloads) {
      const { host, peer } = begin();
      peer.controls();
      peer.say(payload);
      peer.say();
      assert.equal(peer.controls(), [Uint8Array.of(ControlOpcode.unknownRsp, payload[0]!)]);
      assert.equal(host.disconnections, []);
      assert.equal(host.leEvents(LeEvent.longTermKeyRequest).length, begin === encrypted ? 1 : 0);
    }
  }
});

test('questions are answered, in whatever number', () => {
  const { peer } = underCentral();
  const lengths = [27, 0, 0x48, 1, 27, 0, 0x48, 1];
  peer.say(
    Uint8Array.of(ControlOpcode.featureReq, ...FEATURES),
    VERSION_IND,
    VERSION_IND,
    Uint8Array.of(ControlOpcode.pingReq),
    Uint8Array.of(ControlOpcode.lengthReq, ...lengths),
  );
  peer.say();
  assert.equal(
    peer.controls().map(([opcode]) => opcode),
    [ControlOpcode.featureRsp, ControlOpcode.versionInd, ControlOpcode.pingRsp, ControlOpcode.lengthRsp],
  );
});

test('answers that nobody asked for change nothing and are not answered', () => {
  const { host, peer } = underCentral();
  host.packets.splice(1);
  for (const opcode of [ControlOpcode.featureRsp, ControlOpcode.lengthRsp]) {
    peer.say(Uint8Array.of(opcode, ...new Uint8Array(8).fill(1)));
  }
  peer.say(Uint8Array.of(ControlOpcode.pingRsp), Uint8Array.of(ControlOpcode.rejectInd, 6));
  peer.say(Uint8Array.of(ControlOpcode.unknownRsp, ControlOpcode.lengthReq));
  assert.equal(peer.controls(), []);
  assert.equal(host.events(Event.leMeta), []);
});

test('a peer that takes next to nothing, or claims to take everything, gets 27 to 251 octets', () => {
  const agreed = [0, 1, 26, 27, 100, 251, 252, 0xffff].map((octets) => {
    const { host, peer } = underCentral();
    host.command(0x2022, new LittleEndianWriter().uint16(host.handle).uint16(251).uint16(2120).finish());
    const length = new LittleEndianWriter().uint8(ControlOpcode.lengthReq);
    peer.say(length.uint16(octets).uint16(octets).uint16(octets).uint16(octets).finish());
    const event = host.leEvents(LeEvent.dataLengthChange).at(-1);
    return event === undefined ? [27, 27] : [event[2], event[6]];
  });
  const lowest = [27, 27];
  assert.equal(agreed, [lowest, lowest, lowest, lowest, [100, 100], [251, 251], [251, 251], [251, 251]]);
});

test('a payload that is longer than was agreed is not heard', () => {
  const { host, peer, air } = underCentral();
  peer.say({ llid: 2, payload: new Uint8Array(32) });
  air.clock.run(SECOND);
  assert.equal(host.received(), []);
});

test('a change to parameters that no connection may have is ignored', () => {
  const { host, peer } = underCentral();
  const update = new LittleEndianWriter().uint8(ControlOpcode.connectionUpdateInd).uint8(1).uint16(0);
  peer.say(update.uint16(1).uint16(0).uint16(1).uint16(10).finish());
  for (let round = 0; round < 100; round += 1) peer.say();
  assert.equal(host.leEvents(LeEvent.connectionUpdateComplete), []);
  assert.equal(host.disconnections, []);
});

test('a peer that asks and does not listen is owed few answers, and can still be left', () => {
  const { host, peer, air } = underCentral();
  peer.isDeaf = true;
  for (let round = 0; round < 1000; round += 1) peer.say(Uint8Array.of(ControlOpcode.pingReq));
  host.command(0x0406, new LittleEndianWriter().uint16(host.handle).uint8(0x13).finish());
  peer.isDeaf = false;
  for (let round = 0; round < 50; round += 1) peer.say();
  const opcodes = peer.controls().map(([opcode]) => opcode);
  assert.ok(opcodes.length < 5, `${opcodes.length} answers`);
  assert.is(opcodes.at(-1), ControlOpcode.terminateInd);
  air.clock.run(SECOND);
  assert.equal(host.disconnections, [ErrorCode.localHostTerminated]);
});

test('a peer that asks and does not listen is owed sixteen answers at most', () => {
  const { peer } = underCentral();
  peer.isDeaf = true;
  for (let round = 0; round < 1000; round += 1) peer.say(Uint8Array.of(ControlOpcode.pingReq));
  peer.isDeaf = false;
  for (let round = 0; round < 50; round += 1) peer.say();
  assert.is(peer.controls().length, 17);
});

test('random PDUs end the connection or do not, and nothing else', () => {
  const random = seededRandom('random PDUs');
  const reasons = new Set<number>();
  for (let round = 0; round < 300; round += 1) {
    const { host, peer } = round % 2 === 0 ? underCentral() : encrypted();
    for (let count = 0; count < 20; count += 1) {
      const bytes = random(1 + (random(1)[0]! % 27));
      // Mostly opcodes that there are.
      bytes[0]! &= 0x1f;
      peer.say({ llid: 1 + (random(1)[0]! % 3), payload: bytes });
      if (host.leEvents(LeEvent.longTermKeyRequest).length > 0 && count === 10) giveKey(host);
    }
    for (const reason of host.disconnections) reasons.add(reason);
  }
  assert.ok(reasons.size > 0);
});

test.run();
