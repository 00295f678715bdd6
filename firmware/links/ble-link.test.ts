// SPDX-License-Identifier: Apache-2.0

/** The PNE's end of CPNS-1 over LE: what a link carries, and what it costs a hostile central. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ImplementationLimits } from '../../src/limits.ts';
import { isBye } from '../../src/link/ble.ts';
import { Fragmenter } from '../../src/link/fragmenter.ts';
import { Refusal } from '../../src/refusal.ts';
import { Board, received } from './ble-link.testing.ts';

const test = suite('firmware/ble-link');

const { bleFarewellMs, bleStallMs, linkMaxMessageBytes } = ImplementationLimits;

test('a link is there once its central is secured and subscribed, whichever comes first', () => {
  for (const steps of [
    ['secure', 'subscribe'],
    ['subscribe', 'secure'],
  ] as const) {
    const board = new Board();
    board.want();
    const connection = board.connect();
    board.do((server) => server[steps[0]](connection));
    assert.is(board.links.length, 0);
    board.do((server) => server[steps[1]](connection));
    assert.is(board.links.length, 1);
  }
});

test('messages of every size pass both ways', () => {
  const board = new Board();
  const connection = board.link();
  const fragmenter = new Fragmenter();
  for (const length of [1, 18, 19, 300, linkMaxMessageBytes]) {
    const message = new Uint8Array(length).fill(length);
    fragmenter.push(message);
    while (fragmenter.isPending) board.do((server) => server.write(connection, ...fragmenter.next(20)!));
    assert.equal(board.messages.pop(), message);
    board.links[0]!.send(message);
    for (let step = 0; step < 150; step += 1) board.timers.run(15);
    assert.equal(received(connection).pop(), message);
  }
});

test('the stack does not say when a value has left: a burst, then so many at a time', () => {
  const board = new Board();
  const connection = board.link();
  board.links[0]!.send(new Uint8Array(1000).fill(1));
  assert.is(connection.notified.length, 8);
  board.timers.run(15);
  assert.is(connection.notified.length, 12);
  board.timers.run(15);
  assert.is(connection.notified.length, 16);
});

test('a sender that has rested has its burst back, and no timer runs then', () => {
  const board = new Board();
  const connection = board.link();
  board.links[0]!.send(new Uint8Array(100).fill(1));
  for (let step = 0; step < 3; step += 1) board.timers.run(15);
  assert.equal(board.timers.lengths, []);
  const before = connection.notified.length;
  board.links[0]!.send(new Uint8Array(1000).fill(1));
  assert.is(connection.notified.length - before, 8);
});

test('a stack without buffers for a moment holds messages up, and loses, doubles and reorders none', () => {
  const board = new Board();
  const connection = board.link();
  const [link] = board.links;
  const messages = [1, 2, 3].map((byte) => new Uint8Array(100).fill(byte));
  link!.send(messages[0]!);
  connection.isFull = true;
  link!.send(messages[1]!);
  for (let step = 0; step < 20; step += 1) board.timers.run(15);
  link!.send(messages[2]!);
  connection.isFull = false;
  for (let step = 0; step < 20; step += 1) board.timers.run(15);
  assert.equal(received(connection), messages);
  assert.is(board.closed, 0);
  assert.equal(board.timers.lengths, []);
});

test('buffers that come and go one at a time let everything through in the end', () => {
  const board = new Board();
  const connection = board.link();
  const messages = Array.from({ length: 10 }, (_, index) => new Uint8Array(200).fill(index));
  for (const message of messages) board.links[0]!.send(message);
  for (let step = 0; step < 400; step += 1) {
    connection.isFull = step % 3 !== 0;
    board.timers.run(15);
  }
  assert.equal(received(connection), messages);
  assert.is(board.closed, 0);
});

/** A central that stays is disconnected after its time, and another one finds the board. */
function assertNextIsLetIn(board: Board, stayed: ReturnType<Board['link']>): void {
  board.timers.run(bleFarewellMs);
  assert.ok(stayed.isTerminated);
  board.timers.run(500);
  assert.is(board.server.advertised.length, 1);
  assert.ok(board.link());
  assert.is(board.links.length, 2);
}

test('a stack that takes nothing for too long ends the link, and the board is there for the next central', () => {
  const board = new Board();
  const connection = board.link();
  connection.isFull = true;
  board.links[0]!.send(Uint8Array.of(1));
  let elapsedMs = 0;
  while (board.closed === 0 && elapsedMs < 2 * bleStallMs) {
    elapsedMs += 15;
    board.timers.run(15);
  }
  assert.ok(Math.abs(elapsedMs - bleStallMs) <= 30, `${elapsedMs} ms`);
  assert.is(board.closed, 1);
  assertNextIsLetIn(board, connection);
});

test('a central that never disconnects after the link was closed does not keep the next one out', () => {
  const board = new Board();
  const connection = board.link();
  board.links[0]!.close();
  assert.ok(isBye(connection.notified[connection.notified.length - 1]!));
  assertNextIsLetIn(board, connection);
});

test('what a central writes before it is a link is not heard', () => {
  const board = new Board();
  board.want();
  const connection = board.connect();
  board.do((server) => server.write(connection, 0xc0, 0, 1));
  board.do((server) => server.secure(connection));
  board.do((server) => server.write(connection, 0xc0, 1, 1));
  board.do((server) => server.subscribe(connection));
  assert.equal(board.messages, []);
  board.do((server) => server.write(connection, 0xc0, 2, 1));
  assert.equal(board.messages, [Uint8Array.of(1)]);
});

test('a link that is lost closes once, and the next central has the next link', () => {
  const board = new Board();
  const first = board.link();
  board.do((server) => server.disconnect(first));
  assert.is(board.closed, 1);
  const second = board.connect();
  board.do((server) => server.secure(second));
  board.do((server) => server.subscribe(second));
  assert.is(board.links.length, 1);
  board.want();
  assert.is(board.links.length, 2);
});

test('a link lost in the middle of a message joins nothing with what the next one carries', () => {
  const board = new Board();
  const first = board.link();
  board.do((server) => server.write(first, 0x80, 0, 0, 9, 1, 2, 3, 4, 5));
  board.do((server) => server.disconnect(first));
  const second = board.link();
  board.do((server) => server.write(second, 0x40, 1, 6, 7, 8, 9, 10));
  assert.equal(board.messages, []);
  assert.equal(board.timers.lengths, []);
});

test('sending on a closed link is refused, and too much at once', () => {
  const board = new Board();
  board.link();
  const [link] = board.links;
  const reason = (work: () => void) => {
    try {
      work();
      return undefined;
    } catch (error) {
      return error instanceof Refusal ? error.reasonName : String(error);
    }
  };
  const large = new Uint8Array(linkMaxMessageBytes);
  assert.is(
    reason(() => link!.send(new Uint8Array(linkMaxMessageBytes + 1))),
    'tooLong',
  );
  assert.is(
    reason(() => {
      for (let count = 0; count < 3; count += 1) link!.send(large);
    }),
    'queueFull',
  );
  link!.close();
  link!.close();
  assert.is(board.closed, 1);
  assert.is(
    reason(() => link!.send(Uint8Array.of(1))),
    'linkClosed',
  );
});

test('a central that unsubscribes has no link any more', () => {
  const board = new Board();
  const connection = board.link();
  board.do((server) => {
    const { characteristic } = connection;
    connection.characteristic = undefined;
    server.characteristics[0]!.onUnsubscribe!.call(characteristic!, connection);
  });
  assert.is(board.closed, 1);
  assert.ok(connection.isClosed);
});

test('a flood of half messages leaves the link as it was', () => {
  const board = new Board();
  const connection = board.link();
  for (let number = 0; number < 500; number += 1) {
    board.do((server) => server.write(connection, 0x80 | (number >> 8), number & 0xff, 0x1f, 0xff, 1));
  }
  assert.is(board.timers.lengths.length, 1);
  board.do((server) => server.write(connection, 0xc0 | (500 >> 8), 500 & 0xff, 7));
  assert.equal(board.messages, [Uint8Array.of(7)]);
});

test('a flood of connections holds one at a time and leaves no timer', () => {
  const board = new Board();
  for (let count = 0; count < 200; count += 1) {
    const connection = board.connect();
    board.do((server) => server.disconnect(connection));
  }
  assert.equal(board.timers.lengths, []);
});

test.run();
