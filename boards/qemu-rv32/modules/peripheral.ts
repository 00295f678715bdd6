// SPDX-License-Identifier: Apache-2.0

/** `embedded:io/bluetoothle/peripheral`: the stack is at the other end of the board's first serial port. */
import type { OpenStackLine } from '../../linux/modules/gatt-channel.ts';
import { LineGattServer, type ServerOptions } from '../../linux/modules/gatt-server.ts';
import config from './config.ts';
import Serial from './serial.ts';

export class GATTServer extends LineGattServer {
  constructor(options: ServerOptions) {
    super(options, openSerialLine);
  }
}

const openSerialLine: OpenStackLine = ({ onBytes, onWritable }) => {
  const serial = new Serial({
    ...config.serial,
    format: 'buffer',
    onReadable(): void {
      const bytes = serial.read();
      if (bytes !== undefined) onBytes(new Uint8Array(bytes));
    },
    onWritable,
  });
  return { write: (bytes) => serial.write(bytes) };
};
