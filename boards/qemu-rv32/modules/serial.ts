// SPDX-License-Identifier: Apache-2.0

/** `embedded:io/serial` (ECMA-419's surface, buffers only) over the ports of serial.c. */
class Serial extends Native('xs_serial_destructor') {
  constructor(options: object) {
    super();
    native('xs_serial_constructor').call(this, options);
  }
  read(): ArrayBuffer | undefined {
    return native('xs_serial_read').call(this);
  }
  write(bytes: ArrayBuffer | ArrayBufferView): number {
    return native('xs_serial_write').call(this, bytes);
  }
  close(): void {
    native('xs_serial_close').call(this);
  }
}

// biome-ignore lint/style/noDefaultExport: ECMA-419's surface.
export default Serial;
