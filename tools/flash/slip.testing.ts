// SPDX-License-Identifier: Apache-2.0

/** Packets of a serial bootloader (RFC 1055): `c0` around them; within, `db dc` for `c0` and `db dd` for `db`. */

const END = 0xc0;
const ESCAPE = 0xdb;
const ESCAPED_END = 0xdc;
const ESCAPED_ESCAPE = 0xdd;

export function encodeSlip(packet: Uint8Array): Buffer {
  const bytes = [...packet].flatMap((byte) => {
    if (byte === END) return [ESCAPE, ESCAPED_END];
    return byte === ESCAPE ? [ESCAPE, ESCAPED_ESCAPE] : [byte];
  });
  return Buffer.from([END, ...bytes, END]);
}

/** Takes bytes as they come. What stands outside of packets is passed over. */
export class SlipReader {
  private readonly onPacket: (packet: Buffer) => void;
  private bytes: number[] | undefined;
  private isEscaped = false;

  constructor(onPacket: (packet: Buffer) => void) {
    this.onPacket = onPacket;
  }

  receive(bytes: Uint8Array): void {
    for (const byte of bytes) this.take(byte);
  }

  private take(byte: number): void {
    if (byte === END) return this.end();
    if (this.bytes === undefined) return;
    if (this.isEscaped) this.bytes.push(byte === ESCAPED_END ? END : ESCAPE);
    else if (byte !== ESCAPE) this.bytes.push(byte);
    this.isEscaped = !this.isEscaped && byte === ESCAPE;
  }

  private end(): void {
    const packet = this.bytes;
    if (packet === undefined || packet.length === 0) {
      this.bytes = [];
      return;
    }
    this.bytes = undefined;
    this.onPacket(Buffer.from(packet));
  }
}
