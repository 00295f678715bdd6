// SPDX-License-Identifier: Apache-2.0

/** Two ends of a serial line that breaks, forgets and lies, in time that the test makes pass. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ImplementationLimits } from '../limits.ts';
import { Refusal } from '../refusal.ts';
import { End, Pair } from './line.testing.ts';
import { Line } from './line.ts';
import { generator } from './line-frame.testing.ts';
import { encodeLineFrame, LineFrameKind } from './line-frame.ts';
import type { Link } from './link.ts';
import { VirtualTime } from './time.testing.ts';

const test = suite('link/line');
const { lineCallMs, lineMaxSilentCalls } = ImplementationLimits;
const BOUND_MS = (lineMaxSilentCalls + 1) * lineCallMs;
function refusal(work: () => void): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof Refusal ? error.reasonName : String(error);
  }
}

test('two ends that hear each other have a link, and one each', () => {
  const pair = new Pair();
  assert.not.ok(pair.isUp);
  pair.clock.pass(10);
  assert.ok(pair.isUp);
  pair.clock.pass(1_000_000);
  assert.is(pair.a.links.length, 1);
  assert.is(pair.b.links.length, 1);
});

test('an idle line costs each end a call at an interval, and one timer', () => {
  const pair = new Pair();
  pair.clock.pass(lineCallMs / 2);
  const before = pair.a.writes;
  pair.clock.pass(100 * lineCallMs);
  assert.is(pair.a.writes - before, 100);
  assert.is(pair.clock.running, 2);
});

test('an end that nobody hears calls on, and has no link', () => {
  const clock = new VirtualTime();
  const end = new End(clock, generator(1));
  clock.pass(10 * lineCallMs);
  assert.is(end.writes, 11);
  assert.is(end.links.length, 0);
});

test('messages pass both ways, and none before there is a link', () => {
  const pair = new Pair();
  pair.b.line!.push(encodeLineFrame(LineFrameKind.message, Uint8Array.of(9, 9)));
  pair.clock.pass(10);
  pair.a.speak();
  pair.b.speak();
  pair.clock.pass(10);
  assert.equal([...pair.b.current!.heard], [pair.a.current!.name]);
  assert.equal([...pair.a.current!.heard], [pair.b.current!.name]);
});

test('both ends notice a line that broke, within a bound, and find each other when it is joined', () => {
  const pair = new Pair();
  pair.clock.pass(1000);
  pair.isCut = true;
  pair.clock.pass(BOUND_MS);
  assert.is(pair.a.current, undefined);
  assert.is(pair.b.current, undefined);
  pair.clock.pass(1_000_000);
  pair.isCut = false;
  pair.clock.pass(2 * lineCallMs);
  assert.ok(pair.isUp);
  assert.is(pair.a.closed, 1);
});

test('an end that hears, and is not heard, ends with the other', () => {
  const pair = new Pair();
  pair.clock.pass(1000);
  const { carry } = pair.a;
  pair.a.carry = () => undefined;
  pair.clock.pass(BOUND_MS + lineCallMs);
  assert.is(pair.a.current, undefined);
  assert.is(pair.b.current, undefined);
  pair.a.carry = carry;
  pair.clock.pass(2 * lineCallMs);
  assert.ok(pair.isUp);
});

for (const who of ['a', 'b'] as const) {
  test(`an end that forgot everything has a new link at once, and so has the other (${who})`, () => {
    const pair = new Pair();
    pair.clock.pass(1000);
    pair[who].restart();
    pair.clock.pass(10);
    assert.ok(pair.isUp);
    assert.is(pair.a.closed, 1);
    assert.is(pair.b.closed, 1);
    assert.is(pair.a.links.length, 2);
    assert.is(pair.b.links.length, 2);
    pair.clock.pass(1_000_000);
    assert.is(pair.a.links.length, 2);
  });

  test(`a link that its owner closes ends at both ends, and both have the next (${who})`, () => {
    const pair = new Pair();
    pair.clock.pass(1000);
    const { link } = pair[who].current!;
    link.close();
    link.close();
    assert.is(
      refusal(() => link.send(Uint8Array.of(1))),
      'linkClosed',
    );
    pair.clock.pass(10);
    assert.ok(pair.isUp);
    assert.is(pair.a.closed, 1);
    assert.is(pair.b.closed, 1);
    assert.is(
      refusal(() => link.send(Uint8Array.of(1))),
      'linkClosed',
    );
  });
}

test('bytes that are no frames do not keep a link alive, and do not end it', () => {
  const pair = new Pair();
  pair.clock.pass(1000);
  const random = generator(5);
  const noise = () => Uint8Array.from({ length: 50 }, () => random() & 0xff);
  for (let count = 0; count < 50; count += 1) pair.a.line!.push(noise());
  pair.clock.pass(10 * lineCallMs);
  assert.is(pair.a.closed, 0);
  pair.isCut = true;
  for (let elapsedMs = 0; elapsedMs < BOUND_MS; elapsedMs += 100) {
    pair.a.line!.push(noise());
    pair.clock.pass(100);
  }
  assert.is(pair.a.closed, 1);
});

test('a line that is full refuses a message', () => {
  const clock = new VirtualTime();
  let link: Link | undefined;
  let called: Uint8Array | undefined;
  const line = new Line({
    after: clock.after,
    fillRandom: (target) => target.fill(3),
    write: (frame) => {
      called ??= frame.slice();
      return false;
    },
    maxMessageBytes: 100,
    onLink(opened) {
      link = opened;
      return { onMessage(): void {}, onClosed(): void {} };
    },
  });
  line.push(encodeLineFrame(LineFrameKind.call, Uint8Array.of(1, 1, 1, 3, 3, 3)));
  assert.ok(called);
  assert.is(
    refusal(() => link!.send(Uint8Array.of(1))),
    'queueFull',
  );
});

test('a link that its owner closes while it adopts it is told of its end', () => {
  const clock = new VirtualTime();
  let closed = 0;
  const onClosed = () => {
    closed += 1;
  };
  const line = new Line({
    after: clock.after,
    fillRandom: (target) => target.fill(3),
    write: () => true,
    maxMessageBytes: 100,
    onLink(link) {
      link.close();
      return { onMessage: () => assert.unreachable(), onClosed };
    },
  });
  line.push(encodeLineFrame(LineFrameKind.call, Uint8Array.of(1, 1, 1, 3, 3, 3)));
  line.push(encodeLineFrame(LineFrameKind.message, Uint8Array.of(1)));
  assert.is(closed, 1);
  line.close();
  assert.is(clock.running, 0);
});

/** Loses, alters and adds bytes, one in so many. */
function noisy(random: () => number, oneIn: number): (bytes: Uint8Array) => Uint8Array {
  return (bytes) => {
    const carried: number[] = [];
    for (const byte of bytes) {
      const fault = random() % (3 * oneIn);
      if (fault === 1) carried.push(random() & 0xff);
      else if (fault === 2) carried.push(byte, random() & 0xff);
      else if (fault !== 0) carried.push(byte);
    }
    return Uint8Array.from(carried);
  };
}

test('on a line with every fault a link carries what one other link says, and afterwards both are there', () => {
  for (let seed = 1; seed <= 25; seed += 1) {
    const random = generator(seed * 7919);
    let isFaulty = true;
    const fault = noisy(random, 40);
    const pair = new Pair(seed, (bytes) => (isFaulty ? fault(bytes) : bytes));
    for (let step = 0; step < 300; step += 1) {
      const event = random() % 40;
      const end = random() % 2 === 0 ? pair.a : pair.b;
      if (event === 0) end.restart();
      else if (event === 1) end.current?.link.close();
      else if (event === 2) pair.isCut = !pair.isCut;
      else end.speak();
      pair.clock.pass(random() % 1500);
    }
    isFaulty = false;
    pair.isCut = false;
    pair.clock.pass(BOUND_MS + lineCallMs);
    assert.ok(pair.isUp, `seed ${seed}`);
    pair.a.speak();
    pair.b.speak();
    pair.clock.pass(10);
    assert.ok(pair.b.current!.heard.has(pair.a.current!.name), `seed ${seed}`);
    assert.ok(pair.a.current!.heard.has(pair.b.current!.name), `seed ${seed}`);
    for (const { heard } of [...pair.a.links, ...pair.b.links]) assert.ok(heard.size <= 1, `seed ${seed}`);
    assert.is(pair.clock.running, 2);
  }
});

test.run();
