// SPDX-License-Identifier: Apache-2.0

/**
 * A controller for a host in this process, in the form that ble-host takes:
 *
 *     const air = new Air(randomBytes);
 *     const pacing = startPacing(air.clock);
 *     BleManager.create(openTransport({ air, address: parseAddress('C0:FF:EE:00:00:01') }), {}, ...);
 *
 * `write` takes one packet of HCI, `'data'` gives one, both with their H4 type in front. Time has to pass for
 * anything to be answered: `startPacing`, or `air.clock.run` in a test.
 */
import { EventEmitter } from 'node:events';
import type { HciTransport } from '../../../src/node/ble/h4-socket.ts';
import { Controller, type ControllerOptions } from './controller.ts';

/** Closing is as when the power goes. Throws a RangeError where the air is full. */
export function openTransport(options: Omit<ControllerOptions, 'deliver' | 'isCongested'>): HciTransport {
  const emitter = new EventEmitter();
  const controller = new Controller({
    ...options,
    deliver: (packet) => emitter.emit('data', Buffer.from(packet)),
  });
  return Object.assign(emitter, {
    write: (packet: Uint8Array) => controller.receive(packet),
    close() {
      controller.close();
      emitter.emit('close');
    },
  });
}
