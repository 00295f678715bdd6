// SPDX-License-Identifier: Apache-2.0

/** `embedded:io/socket/tcp` (ECMA-419's surface, buffers only) over the sockets of tcp.c. */
class TCP extends Native('xs_tcp_destructor') {
  constructor(options: object) {
    super();
    native('xs_tcp_constructor').call(this, options);
  }
  read(...sizeOrBuffer: readonly unknown[]): ArrayBuffer | number | undefined {
    return native('xs_tcp_read').call(this, ...sizeOrBuffer);
  }
  write(bytes: ArrayBuffer | ArrayBufferView): number {
    return native('xs_tcp_write').call(this, bytes);
  }
  close(): void {
    native('xs_tcp_close').call(this);
  }
}

// biome-ignore lint/style/noDefaultExport: ECMA-419's surface.
export default TCP;
