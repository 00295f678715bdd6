// SPDX-License-Identifier: Apache-2.0

/** What SDK 8.2.3's server does not do, or does wrong on ESP32, one test each, and what is built over it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ImplementationLimits } from '../../src/limits.ts';
import { type BleSecurity, BleUuid, isBye } from '../../src/link/ble.ts';
import { BINDING, FAKE_STACK, type FakeConnection, FakeServer, FakeTimers } from './gatt-server.testing.ts';
import { type Central, createPeripheral, type IoCapabilities } from './peripheral.ts';

const test = suite('platform/peripheral');

class Board {
  readonly timers = new FakeTimers();
  readonly log: string[] = [];
  readonly values: Uint8Array[] = [];
  readonly answers: ((answer: never) => void)[] = [];
  security: BleSecurity | undefined;
  central: Central | undefined;
  readonly server: FakeServer;

  constructor(ioCapabilities: IoCapabilities = 'display', authenticate = true) {
    const say = (line: string) => this.log.push(line);
    createPeripheral(FAKE_STACK, this.timers.after, {
      name: 'PNE',
      ioCapabilities,
      authenticate,
      events: {
        onConnected: (central) => {
          this.central = central;
          say('connected');
        },
        onSecured: (_, security) => {
          this.security = security;
          say('secured');
        },
        onSubscribed: () => say('subscribed'),
        onUnsubscribed: () => say('unsubscribed'),
        onValue: (_, value) => this.values.push(value),
        onDisconnected: () => say('disconnected'),
        onPasskey: (passkey) => say(`passkey ${passkey}`),
        onCompare: (number, answer) => {
          say(`compare ${number}`);
          this.answers.push(answer);
        },
        onTypePasskey: (answer) => {
          say('type');
          this.answers.push(answer);
        },
      },
    });
    this.server = FakeServer.last;
  }

  connect(): FakeConnection {
    const connection = this.server.connect();
    this.timers.run();
    return connection;
  }

  /** Does something at the stack, and runs what it queued. */
  do(work: (server: FakeServer) => void): void {
    work(this.server);
    this.timers.run();
  }
}

test('attributes ask for the pairing that the demand names', () => {
  const { properties } = FakeServer;
  const asked = (authenticate: boolean) =>
    new Board('display', authenticate).server.characteristics.map(
      (characteristic) => characteristic.properties,
    );
  assert.equal(asked(true), [properties.subscribeAuthenticated, properties.writeAuthenticated]);
  assert.equal(asked(false), [properties.subscribeEncrypted, properties.writeEncrypted]);
});

for (const [ioCapabilities, display, keyboard] of [
  ['none', false, false],
  ['display', true, false],
  ['numbers', false, true],
  ['display+numbers', true, true],
  ['display+confirm', true, 'yes/no'],
] as const) {
  test(`the server on ESP32 ignores ioCapabilities: ${ioCapabilities} is said twice`, () => {
    const { security } = new Board(ioCapabilities).server.options;
    assert.equal(security, {
      bond: true,
      authenticate: true,
      immediate: true,
      ioCapabilities,
      display,
      keyboard,
    });
  });
}

test('the service is advertised once the stack is ready, under a name that names nobody', () => {
  const board = new Board();
  assert.equal(board.server.advertised, []);
  board.do((server) => server.options.onReady());
  assert.equal(board.server.advertised, [[{ flags: 6, services: [BleUuid.service] }, { name: 'PNE' }]]);
});

test('a throw in onWrite hangs the task of NimBLE: nothing is done within it', () => {
  const board = new Board();
  const connection = board.connect();
  board.server.write(connection, 1, 2);
  assert.equal(board.values, []);
  board.timers.run();
  assert.equal(board.values, [Uint8Array.of(1, 2)]);
});

test('a flood of values loses values, and nothing else', () => {
  const board = new Board();
  const connection = board.connect();
  for (let count = 0; count < 1000; count += 1) board.server.write(connection, 1);
  board.do((server) => server.disconnect(connection));
  assert.is(board.values.length, 64);
  assert.equal(board.log, ['connected', 'disconnected']);
});

test('what a central does is told in its order', () => {
  const board = new Board();
  const connection = board.connect();
  board.server.passkey(connection, 'display', 12);
  board.server.secure(connection);
  board.server.subscribe(connection);
  board.server.disconnect(connection);
  board.timers.run();
  const told = ['connected', 'passkey 12', 'secured', 'subscribed', 'unsubscribed', 'disconnected'];
  assert.equal(board.log, told);
});

test('what the stack reports of the security is passed on as it is', () => {
  const board = new Board();
  const connection = board.connect();
  board.do((server) => server.secure(connection, { authenticated: false, keySize: 7 }));
  assert.equal(board.security, {
    encrypted: true,
    authenticated: false,
    bonded: true,
    keySize: 7,
    secureConnections: true,
    channelBinding: BINDING,
  });
});

test("only the server's own characteristic can be notified", () => {
  const board = new Board();
  const connection = board.connect();
  assert.not.ok(board.central!.notify(Uint8Array.of(1)));
  board.do((server) => server.subscribe(connection));
  assert.ok(board.central!.notify(Uint8Array.of(1)));
  assert.equal(connection.notified, [Uint8Array.of(1)]);
});

test('a notification that the stack refuses is said to have failed', () => {
  const board = new Board();
  const connection = board.connect();
  board.do((server) => server.subscribe(connection));
  connection.characteristic = undefined;
  assert.not.ok(board.central!.notify(Uint8Array.of(1)));
});

test('the room of a notification follows the MTU, and has the least and the most that ATT allows', () => {
  const board = new Board();
  const connection = board.connect();
  for (const [maximumWrite, room] of [
    [20, 20],
    [244, 244],
    [514, 512],
    [0, 20],
  ] as const) {
    connection.maximumWrite = maximumWrite;
    assert.is(board.central!.valueBytes, room);
  }
});

test('a connection that is closed here tells nobody, and advertising has to start again', () => {
  const board = new Board();
  const connection = board.connect();
  board.central!.hangUp();
  board.central!.hangUp();
  assert.ok(connection.isClosed);
  assert.equal(board.log, ['connected', 'disconnected']);
  board.server.isBusy = true;
  board.timers.run(500);
  assert.equal(board.server.advertised, []);
  board.server.isBusy = false;
  board.timers.run(500);
  assert.is(board.server.advertised.length, 1);
  board.connect();
  assert.equal(board.timers.lengths, []);
});

test('closing a subscribed connection crashes the board: its central is asked to go', () => {
  const board = new Board();
  const connection = board.connect();
  board.do((server) => server.subscribe(connection));
  board.central!.hangUp();
  assert.not.ok(connection.isClosed);
  assert.is(connection.notified.length, 1);
  assert.ok(isBye(connection.notified[0]!));
  board.do((server) => server.write(connection, 1));
  assert.equal(board.values, []);
  assert.not.ok(board.central!.notify(Uint8Array.of(1)));
  board.do((server) => server.disconnect(connection));
  assert.equal(board.log, ['connected', 'subscribed', 'unsubscribed', 'disconnected']);
});

test('a central that does not go when it is asked to is disconnected, and the board advertises again', () => {
  const board = new Board();
  const connection = board.connect();
  board.do((server) => server.subscribe(connection));
  board.central!.hangUp();
  board.central!.hangUp();
  assert.equal(board.timers.lengths, [ImplementationLimits.bleFarewellMs]);
  board.timers.run(ImplementationLimits.bleFarewellMs);
  assert.ok(connection.isTerminated);
  assert.not.ok(connection.isClosed);
  assert.equal(board.log, ['connected', 'subscribed', 'disconnected']);
  board.timers.run(500);
  assert.is(board.server.advertised.length, 1);
  // NimBLE's own report of it comes late.
  board.do((server) => server.disconnect(connection));
  assert.is(board.log.length, 3);
  board.connect();
  assert.equal(board.timers.lengths, []);
});

test('a central that goes when it is asked to leaves no timer', () => {
  const board = new Board();
  const connection = board.connect();
  board.do((server) => server.subscribe(connection));
  board.central!.hangUp();
  board.do((server) => server.disconnect(connection));
  assert.equal(board.timers.lengths, []);
  assert.not.ok(connection.isTerminated);
});

test('a farewell that the stack has no room for has the same deadline', () => {
  const board = new Board();
  const connection = board.connect();
  board.do((server) => server.subscribe(connection));
  connection.isFull = true;
  board.central!.hangUp();
  board.timers.run(ImplementationLimits.bleFarewellMs);
  assert.ok(connection.isTerminated);
  assert.equal(board.log, ['connected', 'subscribed', 'disconnected']);
});

test('what comes late for a connection that is gone is ignored', () => {
  const board = new Board();
  const connection = board.connect();
  board.central!.hangUp();
  board.do((server) => {
    server.secure(connection);
    server.subscribe(connection);
    server.write(connection, 1);
    server.passkey(connection, 'display', 1);
    server.options.onDisconnect(connection);
  });
  assert.equal(board.log, ['connected', 'disconnected']);
  assert.equal(board.values, []);
});

test('a board is asked what its abilities allow, and answers to the pairing that asked', () => {
  const board = new Board('display+confirm');
  const connection = board.connect();
  board.do((server) => {
    server.passkey(connection, 'none');
    server.passkey(connection, 'outOfBand');
    server.passkey(connection, 'compareNumber', 123456);
    server.passkey(connection, 'input');
  });
  assert.equal(board.log, ['connected', 'compare 123456', 'type']);
  board.answers[0]!(true as never);
  board.answers[1]!(42 as never);
  assert.equal(connection.replies, [
    ['compareNumber', true],
    ['input', 42],
  ]);
});

test('an answer to a pairing that is over goes nowhere', () => {
  const board = new Board('display+confirm');
  const connection = board.connect();
  board.do((server) => server.passkey(connection, 'compareNumber', 1));
  board.do((server) => server.disconnect(connection));
  board.answers[0]!(true as never);
  assert.equal(connection.replies, []);
});

test.run();
