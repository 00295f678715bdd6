// SPDX-License-Identifier: Apache-2.0

/**
 * `embedded:io/bluetoothle/peripheral`: the stack waits at the TCP port that the board's store has in the
 * domain `board` under `ble`.
 */
import { CborReader } from '../../../src/cbor/reader.ts';
import type { OpenStackLine } from './gatt-channel.ts';
import { LineGattServer, type ServerOptions } from './gatt-server.ts';
import storage from './key-value.ts';
import TCP from './tcp.ts';

export class GATTServer extends LineGattServer {
  constructor(options: ServerOptions) {
    super(options, openTcpLine);
  }
}

/** A stack that is gone is a defect of the board: it throws out of the run loop. */
const openTcpLine: OpenStackLine = ({ onBytes, onWritable }) => {
  const tcp = new TCP({
    address: '127.0.0.1',
    port: stackPort(),
    onReadable(): void {
      const bytes = tcp.read();
      if (bytes !== undefined) onBytes(new Uint8Array(bytes as ArrayBuffer));
    },
    onWritable,
    onError(): void {
      throw new Error('the Bluetooth LE stack of this board is gone');
    },
  });
  return { write: (bytes) => tcp.write(bytes) };
};

function stackPort(): number {
  const bytes = storage.open({ path: 'board' }).read('ble');
  if (bytes === undefined) throw new Error('this board has no Bluetooth LE stack: no board/ble in its store');
  return new CborReader(new Uint8Array(bytes)).unsigned();
}
