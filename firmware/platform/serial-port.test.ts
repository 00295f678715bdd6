// SPDX-License-Identifier: Apache-2.0

/** A serial port over one that behaves as SDK 8.2.3's on ESP32 (modules/io/serial/esp32), without a line. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FakeTimers } from './gatt-server.testing.ts';
import { createSerialPort, settingsOf } from './serial-port.ts';

const test = suite('platform/serial-port');
const SETTINGS = Object.freeze({ port: 1, receive: 4, transmit: 5, baud: 115_200 });

interface FakeOptions {
  readonly port: number;
  readonly receive: number;
  readonly transmit: number;
  readonly baud: number;
  onReadable(bytes: number): void;
  onWritable(bytes: number): void;
}

/** The SDK goes on with its record when a callback has returned: a close from within frees it too early. */
class FakeSerial {
  static last: FakeSerial;
  readonly options: FakeOptions;
  readonly written: Uint8Array[] = [];
  isClosed = false;
  private isCalling = false;
  private readable: Uint8Array | undefined;

  constructor(options: FakeOptions) {
    this.options = options;
    FakeSerial.last = this;
  }

  read(): ArrayBuffer | undefined {
    const bytes = this.readable;
    this.readable = undefined;
    return bytes?.slice().buffer as ArrayBuffer | undefined;
  }

  write(bytes: Uint8Array): void {
    this.written.push(bytes.slice());
  }

  close(): void {
    if (this.isCalling) throw new Error('use after free: the board restarts');
    this.isClosed = true;
  }

  hear(...bytes: number[]): void {
    this.readable = Uint8Array.from(bytes);
    this.isCalling = true;
    this.options.onReadable(bytes.length);
    this.isCalling = false;
  }
}

function open(onBytes: (bytes: Uint8Array) => void) {
  const timers = new FakeTimers();
  const port = createSerialPort(FakeSerial, timers.after, SETTINGS, onBytes);
  return { timers, port, serial: FakeSerial.last };
}

test('a port is opened as the manifest describes it', () => {
  const { options } = open(() => undefined).serial;
  assert.equal(
    [options.port, options.receive, options.transmit, options.baud],
    [SETTINGS.port, SETTINGS.receive, SETTINGS.transmit, SETTINGS.baud],
  );
});

test('a port has the pins that the manifest has for it, and one that it does not describe is refused', () => {
  const feed = { ...SETTINGS, port: 0, receive: 2, transmit: 3 };
  assert.is(settingsOf([SETTINGS, feed], 0), feed);
  assert.is(settingsOf([SETTINGS, undefined], 1), SETTINGS);
  assert.throws(() => settingsOf([SETTINGS, undefined], 0), /notProvisioned/);
});

test('a port that is closed by what it carries is not closed from within the call of the platform', () => {
  const heard: string[] = [];
  const opened = open((bytes) => {
    heard.push(bytes.join());
    opened.port.close();
    opened.port.close();
  });
  opened.serial.hear(1, 2);
  assert.not.ok(opened.serial.isClosed);
  opened.serial.hear(3);
  opened.timers.run();
  assert.ok(opened.serial.isClosed);
  assert.equal(heard, ['1,2']);
});

test('what is written waits until it may be, and is lost on closing', () => {
  const { port, serial } = open(() => undefined);
  assert.ok(port.write(Uint8Array.of(1, 2, 3)));
  assert.equal(serial.written, []);
  serial.options.onWritable(2);
  assert.equal(serial.written, [Uint8Array.of(1, 2)]);
  port.close();
  serial.options.onWritable(2);
  assert.is(serial.written.length, 1);
  assert.not.ok(port.write(Uint8Array.of(4)));
});

test.run();
