// SPDX-License-Identifier: Apache-2.0

/** The plain stream link of CPNS-1 over a serial line (src/link/line.ts) on the PNE's side. */
import { ImplementationLimits } from '../../src/limits.ts';
import { Line } from '../../src/link/line.ts';
import { fillRandom } from '../platform/random.ts';
import { openSerialPort } from '../platform/serial.ts';
import { after } from '../platform/timer.ts';
import type { Connect } from './connect.ts';

/** `port` is the gateway's unless given. Waits for the other end, and closes the port with the link. */
export function overSerial(port?: number): Connect {
  return (onLink) => {
    const serial = openSerialPort((bytes) => line.push(bytes), port);
    const line = new Line({
      after,
      fillRandom,
      write: serial.write,
      maxMessageBytes: ImplementationLimits.pneMaxMessageBytes,
      onLink: (link) => {
        const { onMessage, onClosed } = onLink(link);
        return {
          onMessage,
          onClosed(): void {
            line.close();
            serial.close();
            onClosed();
          },
        };
      },
    });
  };
}
