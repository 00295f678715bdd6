// SPDX-License-Identifier: Apache-2.0

/** The stream link on a line that a test holds in its hand: both ends, in virtual time. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ImplementationLimits } from '../limits.ts';
import { Refusal } from '../refusal.ts';
import { encodeBeat, encodeFrame } from './frame.ts';
import type { Link } from './link.ts';
import { joinStream, type StreamEvents } from './stream.ts';
import { VirtualTime } from './time.testing.ts';

const test = suite('link/stream');
const { linkBeatMs, linkMaxSilentBeats, pneMaxMessageBytes } = ImplementationLimits;
const BOUND_MS = (linkMaxSilentBeats + 1) * linkBeatMs;
const HOUR_MS = 3_600_000;
const MESSAGE = Uint8Array.of(2, 3, 4);

interface EndOptions {
  readonly time: VirtualTime;
  readonly beats?: 'none';
  /** What the link does as soon as it is there. */
  readonly first?: (link: Link) => void;
}

/** One end: what it sent waits in `sent` until a test carries it. */
class End {
  readonly link: Link;
  readonly sent: Uint8Array[] = [];
  readonly messages: Uint8Array[] = [];
  /** Whether the platform takes what is written. */
  writable = true;
  closed = 0;
  private readonly events: StreamEvents;

  constructor({ time, beats, first }: EndOptions) {
    let adopted: Link | undefined;
    const stream = {
      write: (bytes: Uint8Array) => {
        if (this.writable) this.sent.push(bytes.slice());
        return this.writable;
      },
      close: () => void time.after(0, () => this.events.onClosed()),
    };
    const events = {
      onMessage: (message: Uint8Array) => void this.messages.push(message.slice()),
      onClosed: () => {
        this.closed += 1;
      },
    };
    this.events = joinStream(
      stream,
      (link) => {
        adopted = link;
        first?.(link);
        return events;
      },
      { maxBytes: pneMaxMessageBytes, after: beats === 'none' ? undefined : time.after },
    );
    this.link = adopted!;
  }

  take(bytes: Uint8Array): void {
    this.events.onBytes(bytes);
  }

  /** The peer has closed the connection. */
  lose(): void {
    this.events.onClosed();
  }

  get sentBytes(): number {
    return this.sent.reduce((sum, { length }) => sum + length, 0);
  }
}

/** Carries what waits, each way, every second. */
function run(time: VirtualTime, one: End, other: End, milliseconds: number): void {
  for (let passed = 0; passed < milliseconds; passed += 1000) {
    time.pass(1000);
    for (const bytes of one.sent.splice(0)) other.take(bytes);
    for (const bytes of other.sent.splice(0)) one.take(bytes);
  }
}

test('a peer that never says anything is given up within the bound, once', () => {
  const time = new VirtualTime();
  const end = new End({ time });
  time.pass(BOUND_MS - 1);
  assert.is(end.closed, 0);
  time.pass(1);
  assert.is(end.closed, 1);
  time.pass(HOUR_MS);
  assert.is(end.closed, 1);
  assert.is(time.running, 0);
});

test('whenever a peer vanishes, it is noticed between three and four beats after its last word', () => {
  for (let spoken = 0; spoken <= 2 * linkBeatMs; spoken += 2500) {
    const time = new VirtualTime();
    const end = new End({ time });
    time.pass(spoken);
    end.take(encodeFrame(MESSAGE));
    time.pass(linkMaxSilentBeats * linkBeatMs - 1);
    assert.is(end.closed, 0);
    time.pass(linkBeatMs + 1);
    assert.is(end.closed, 1);
  }
});

test('two idle ends keep each other for hours, whatever the phase of their beats', () => {
  for (const phase of [0, 1, linkBeatMs / 2, linkBeatMs - 1]) {
    const time = new VirtualTime();
    const one = new End({ time });
    time.pass(phase);
    const other = new End({ time });
    run(time, one, other, 2 * HOUR_MS);
    assert.equal([one.closed, other.closed], [0, 0]);
    assert.equal([one.messages, other.messages], [[], []]);
    one.link.send(MESSAGE);
    run(time, one, other, 1000);
    assert.equal(other.messages, [MESSAGE]);
  }
});

test('an idle end sends two bytes a beat, a busy one nothing', () => {
  const time = new VirtualTime();
  const idle = new End({ time });
  const busy = new End({ time });
  const messages = HOUR_MS / 10_000;
  for (let count = 0; count < messages; count += 1) {
    busy.link.send(MESSAGE);
    time.pass(10_000);
    idle.take(encodeBeat());
    busy.take(encodeBeat());
  }
  assert.is(idle.sentBytes, (HOUR_MS / linkBeatMs) * 2);
  assert.is(busy.sentBytes, messages * encodeFrame(MESSAGE).length);
});

test('an end that was stopped for an hour reads first what came meanwhile', () => {
  const time = new VirtualTime();
  const end = new End({ time });
  time.pass(2 * linkBeatMs);
  time.stop(HOUR_MS);
  time.pass(0);
  end.take(encodeBeat());
  time.pass(linkMaxSilentBeats * linkBeatMs - 1);
  assert.is(end.closed, 0);
});

test('half a message is no sign of life, however slowly it comes', () => {
  const time = new VirtualTime();
  const end = new End({ time });
  end.take(Uint8Array.of(pneMaxMessageBytes >> 8, pneMaxMessageBytes & 0xff));
  for (let second = 0; second * 1000 < BOUND_MS; second += 1) {
    assert.is(end.closed, 0);
    end.take(Uint8Array.of(0));
    time.pass(1000);
  }
  assert.is(end.closed, 1);
});

test('a peer that beats and takes nothing is given up', () => {
  const time = new VirtualTime();
  const end = new End({ time });
  end.writable = false;
  assert.throws(
    () => end.link.send(MESSAGE),
    (error: Refusal) => error.reasonName === 'queueFull',
  );
  let waited = 0;
  for (; end.closed === 0 && waited < HOUR_MS; waited += 1000) {
    end.take(encodeBeat());
    time.pass(1000);
  }
  assert.is(end.closed, 1);
  assert.ok(waited <= BOUND_MS + linkBeatMs, `${waited} ms`);
});

test('a peer that takes again in time is kept', () => {
  const time = new VirtualTime();
  const end = new End({ time });
  for (let round = 0; round < 50; round += 1) {
    end.writable = round % 3 === 2;
    time.pass(linkBeatMs);
    end.take(encodeBeat());
  }
  assert.is(end.closed, 0);
});

for (const [name, bytes] of [
  ['a length over the limit', [0xff, 0xff]],
  ['one byte over what is taken', [(pneMaxMessageBytes + 1) >> 8, (pneMaxMessageBytes + 1) & 0xff]],
] as const) {
  test(`${name} closes the link, and nothing that follows is read`, () => {
    const time = new VirtualTime();
    const end = new End({ time });
    end.take(Uint8Array.from(bytes));
    end.take(encodeFrame(MESSAGE));
    time.pass(0);
    assert.is(end.closed, 1);
    assert.equal(end.messages, []);
    assert.is(time.running, 0);
  });
}

test('a line without beats sends none, waits for ever and refuses a beat', () => {
  const time = new VirtualTime();
  const end = new End({ time, beats: 'none' });
  time.pass(HOUR_MS);
  assert.equal([end.closed, end.sent, time.running], [0, [], 0]);
  end.take(encodeBeat());
  time.pass(0);
  assert.is(end.closed, 1);
});

test('a link that its owner closes hears nothing more and sends nothing more', () => {
  const time = new VirtualTime();
  const end = new End({ time });
  end.link.close();
  end.link.close();
  assert.is(end.closed, 0, 'not from inside the call');
  end.take(encodeFrame(MESSAGE));
  assert.throws(
    () => end.link.send(MESSAGE),
    (error: unknown) => error instanceof Refusal && error.reasonName === 'linkClosed',
  );
  time.pass(HOUR_MS);
  assert.equal([end.closed, end.messages, end.sent, time.running], [1, [], [], 0]);
});

test('what is sent while the link is adopted goes out, and a close there is a close', () => {
  const time = new VirtualTime();
  const greeting = new End({ time, first: (link) => link.send(MESSAGE) });
  assert.equal(greeting.sent, [encodeFrame(MESSAGE)]);
  const refusing = new End({ time, first: (link) => link.close() });
  time.pass(0);
  assert.is(refusing.closed, 1);
});

test('a connection that breaks ends the beats', () => {
  const time = new VirtualTime();
  const end = new End({ time });
  end.lose();
  assert.equal([end.closed, time.running], [1, 0]);
});

test.run();
