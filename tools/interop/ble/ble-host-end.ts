// SPDX-License-Identifier: Apache-2.0

/** A program: a device on ble-host that does what it is asked, a line of JSON each, and answers in a line. */
import { createInterface } from 'node:readline';
import type { Values } from '../end.ts';
import { BleHostDevice } from './ble-host-device.ts';

const device = new BleHostDevice() as unknown as Record<string, (request: Values) => Promise<Values>>;

for await (const line of createInterface({ input: process.stdin })) {
  const { do: name, ...request } = JSON.parse(line) as Values;
  const answer = await device[name!]!(request).catch((error: Error) => ({ refused: error.message }));
  console.log(JSON.stringify(answer));
}
process.exit();
