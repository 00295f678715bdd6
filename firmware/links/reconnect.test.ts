// SPDX-License-Identifier: Apache-2.0

/** A PNE that connects again, under a network that comes and goes. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ImplementationLimits } from '../../src/limits.ts';
import { PLAIN_STREAM } from '../../src/link/attestation.ts';
import type { Link, LinkEvents } from '../../src/link/link.ts';
import { FakeTimers } from '../platform/gatt-server.testing.ts';
import { type Connection, keepConnected } from './reconnect.ts';

const test = suite('firmware/reconnect');
const { linkProvenMs, reconnectFirstMs, reconnectMaxMs } = ImplementationLimits;

const LINK: Link = { send(): void {}, attestation: () => PLAIN_STREAM, close(): void {} };

class Device {
  readonly timers = new FakeTimers();
  readonly heard: string[] = [];
  attempts = 0;
  jitter = 0;
  connection: Connection;
  private pending: { onLink(link: Link): LinkEvents; onFailed(): void } | undefined;
  private link: LinkEvents | undefined;

  constructor() {
    this.connection = keepConnected({
      connect: (onLink, onFailed) => {
        this.attempts += 1;
        this.pending = { onLink, onFailed };
      },
      attach: () => ({
        onMessage: (message) => this.heard.push(message.join()),
        onClosed: () => this.heard.push('closed'),
      }),
      after: this.timers.after,
      fillRandom: (target) => target.fill(this.jitter),
    });
  }

  up(): void {
    this.link = this.pending!.onLink(LINK);
  }

  hear(...bytes: number[]): void {
    this.link!.onMessage(Uint8Array.from(bytes));
  }

  /** Ends the link, and returns the pause before the next attempt. */
  down(): number {
    this.link!.onClosed();
    return this.pause();
  }

  fail(): number {
    this.pending!.onFailed();
    return this.pause();
  }

  private pause(): number {
    const [pause, ...others] = this.timers.lengths;
    assert.equal(others, []);
    const before = this.attempts;
    this.timers.run(pause! - 1);
    assert.is(this.attempts, before);
    this.timers.run(pause!);
    assert.is(this.attempts, before + 1);
    return pause!;
  }
}

/** A link that comes up, carries a byte, and is ended by the other side. */
function useless(device: Device): number {
  device.up();
  device.hear(1);
  return device.down();
}

test('the pause doubles up to its bound', () => {
  const device = new Device();
  const pauses = Array.from({ length: 12 }, () => device.fail());
  for (const [index, pause] of pauses.entries()) {
    assert.is(pause, Math.min(reconnectFirstMs * 2 ** index, reconnectMaxMs));
  }
});

test('a server that is away for two minutes costs a few links, though each of them carries bytes', () => {
  const device = new Device();
  let elapsedMs = 0;
  while (elapsedMs < 120_000) elapsedMs += useless(device);
  assert.ok(device.attempts <= 14, `${device.attempts} links`);
});

test('jitter lengthens a pause by up to half', () => {
  const device = new Device();
  device.jitter = 255;
  assert.is(device.fail(), reconnectFirstMs * 1.5);
  device.jitter = 51;
  assert.is(device.fail(), Math.round(2.2 * reconnectFirstMs));
  device.jitter = 255;
  for (let count = 0; count < 20; count += 1) device.fail();
  assert.is(device.fail(), reconnectMaxMs * 1.5);
});

test('after a link that proved useful the pause is the first one again', () => {
  const device = new Device();
  for (let count = 0; count < 5; count += 1) useless(device);
  device.up();
  device.connection.proved();
  assert.is(device.down(), reconnectFirstMs);
  assert.is(useless(device), 2 * reconnectFirstMs);
});

test('a link that lasts proves useful by that', () => {
  const device = new Device();
  for (let count = 0; count < 5; count += 1) useless(device);
  device.up();
  assert.equal(device.timers.lengths, [linkProvenMs]);
  device.timers.run(linkProvenMs);
  assert.is(device.down(), reconnectFirstMs);
});

test('the owner of a link hears what it carries and its end', () => {
  const device = new Device();
  device.up();
  device.hear(1, 2);
  device.down();
  assert.equal(device.heard, ['1,2', 'closed']);
});

test.run();
