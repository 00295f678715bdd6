// SPDX-License-Identifier: Apache-2.0

/** The line of a simulated board to its own host, which carries every byte: frames, as on a TCP stream. */
import { ImplementationLimits } from '../../src/limits.ts';
import { PLAIN_STREAM } from '../../src/link/attestation.ts';
import { encodeFrame, FrameAssembler } from '../../src/link/frame.ts';
import { refuse } from '../../src/refusal.ts';
import { openSerialPort } from '../platform/serial.ts';
import type { Connect } from './connect.ts';

/** For a board whose link to the gateway brings no protocol of lines along (src/link/line.ts). */
export function overFeed(port: number): Connect {
  return (onLink) => {
    const serial = openSerialPort((bytes) => assembler.push(bytes), port);
    const { onMessage } = onLink({
      send(message): void {
        if (!serial.write(encodeFrame(message))) refuse('queueFull');
      },
      attestation: () => PLAIN_STREAM,
      close: () => serial.close(),
    });
    const assembler = new FrameAssembler(onMessage, ImplementationLimits.pneMaxMessageBytes);
  };
}
