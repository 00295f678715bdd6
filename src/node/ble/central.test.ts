// SPDX-License-Identifier: Apache-2.0

/** What a gateway's central makes of what it hears advertised, without a radio. */
import { EventEmitter } from 'node:events';
import type { Manager } from 'ble-host';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ImplementationLimits } from '../../limits.ts';
import { Bonds } from './bonds.ts';
import { startCentral } from './central.ts';
import { memoryStore } from './memory-store.testing.ts';

const test = suite('node/ble/central');
const { gatewayMaxPnes, gatewayMaxSought, gatewayReachMs } = ImplementationLimits;

/** A stack that hears what it is told to, and never reaches anybody. */
class Deaf {
  readonly scanner = new EventEmitter();
  readonly wanted = new Set<string>();
  private readonly timers = new Set<{ readonly milliseconds: number; readonly callback: () => void }>();

  constructor() {
    const manager = Object.assign(new EventEmitter(), {
      startScan: () => this.scanner,
      removeBond: () => undefined,
      connect: (_type: string, address: string) => {
        this.wanted.add(address);
        return {
          cancel: (done?: () => void) => {
            this.wanted.delete(address);
            done?.();
          },
        };
      },
    });
    startCentral({
      manager: manager as unknown as Manager,
      bonds: new Bonds(memoryStore(), gatewayMaxPnes),
      demand: { authenticated: true },
      ioCapabilities: 4,
      after: (milliseconds, callback) => {
        const timer = { milliseconds, callback };
        this.timers.add(timer);
        return { cancel: () => void this.timers.delete(timer) };
      },
      onLink: () => ({ onMessage: () => undefined, onClosed: () => undefined }),
      user: () => ({ showPasskey() {}, typePasskey() {}, compare() {} }),
      onProblem: () => undefined,
      onFailed: () => undefined,
    });
  }

  get waiting(): number {
    return this.timers.size;
  }

  hear(address: string): void {
    this.scanner.emit('report', { connectable: true, addressType: 'random', address });
  }

  /** Lets the time pass after which one that was not reached is given up. */
  giveUp(): void {
    for (const timer of [...this.timers]) {
      if (timer.milliseconds !== gatewayReachMs) continue;
      this.timers.delete(timer);
      timer.callback();
    }
  }
}

test('a flood of made-up PNEs has so many tried at a time, and room for another when they are given up', () => {
  const stack = new Deaf();
  for (let round = 0; round < 20; round += 1) {
    for (let n = 0; n < 1000; n += 1) stack.hear(`C0:00:00:${hex(round)}:${hex(n >> 8)}:${hex(n & 0xff)}`);
    assert.is(stack.wanted.size, gatewayMaxSought);
    assert.is(stack.waiting, gatewayMaxSought);
    stack.giveUp();
    assert.is(stack.wanted.size, 0);
    assert.is(stack.waiting, 0);
  }
  stack.hear('C0:00:00:00:00:02');
  assert.ok(stack.wanted.has('C0:00:00:00:00:02'));
});

test('one that is heard again and again is tried once at a time, as often as it is not reached', () => {
  const stack = new Deaf();
  for (let round = 0; round < 10; round += 1) {
    for (let n = 0; n < 1000; n += 1) stack.hear('C0:00:00:00:00:02');
    assert.is(stack.wanted.size, 1);
    stack.giveUp();
  }
});

test.run();

function hex(octet: number): string {
  return octet.toString(16).padStart(2, '0').toUpperCase();
}
