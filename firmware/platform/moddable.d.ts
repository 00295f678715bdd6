// SPDX-License-Identifier: Apache-2.0

/**
 * The part of Moddable's and ECMA-419's surface that this folder uses, and no more. The same names are
 * there on every board: from the SDK on Moddable builds, from the host program in boards/linux.
 */

/** Binds the C function of that name. XS resolves it when it links, not when it runs. */
declare function native(name: `xs_${string}`): {
  // biome-ignore lint/suspicious/noExplicitAny: the C function decides what it takes and returns.
  (...values: unknown[]): any;
  // biome-ignore lint/suspicious/noExplicitAny: the C function decides what it takes and returns.
  call(self: unknown, ...values: unknown[]): any;
};

/** Writes to the debugger or the console as is, without a line end. */
declare function trace(text: string): void;

declare module 'timer' {
  /** Opaque. */
  interface TimerHandle {
    readonly brand: 'timer';
  }
  const Timer: {
    /** Calls once after so many milliseconds. */
    set(callback: () => void, milliseconds: number): TimerHandle;
    clear(timer: TimerHandle): void;
  };
  // biome-ignore lint/style/noDefaultExport: Moddable's surface.
  export default Timer;
}

declare module 'embedded:io/socket/tcp' {
  interface TcpOptions {
    /** IPv4 address in dotted form. */
    readonly address: string;
    readonly port: number;
    readonly nodelay: boolean;
    /** So many bytes are there to read, earlier unread ones included. */
    onReadable(bytes: number): void;
    /** So many bytes may be written now. The first call says that the connection is up. */
    onWritable(bytes: number): void;
    /** The connection failed or ended; nothing follows. */
    onError(): void;
  }
  // biome-ignore lint/style/noDefaultExport: ECMA-419's surface.
  export default class TCP {
    constructor(options: TcpOptions);
    /** Everything there is to read, undefined where there is nothing. */
    read(): ArrayBuffer | undefined;
    /**
     * Throws when more is given than may be written. Returns how much may be written after it, undefined
     * where the connection failed: `onError` follows.
     */
    write(bytes: Uint8Array): number | undefined;
    close(): void;
  }
}

declare module 'embedded:io/serial' {
  interface SerialOptions {
    readonly port: number;
    /** Pins. */
    readonly receive: number;
    readonly transmit: number;
    readonly baud: number;
    readonly format: 'buffer';
    /** So many bytes are there to read. */
    onReadable(bytes: number): void;
    /** So many bytes may be written now. */
    onWritable(bytes: number): void;
  }
  // biome-ignore lint/style/noDefaultExport: ECMA-419's surface.
  export default class Serial {
    constructor(options: SerialOptions);
    /** Everything there is to read, undefined where there is nothing. */
    read(): ArrayBuffer | undefined;
    /** Throws when more is given than may be written. */
    write(bytes: Uint8Array): void;
    close(): void;
  }
}

declare module 'mc/config' {
  /** The `config` of the image's manifests. */
  const config: {
    /** The port of manifests/link-serial.json. */
    readonly serial: {
      readonly port: number;
      readonly receive: number;
      readonly transmit: number;
      readonly baud: number;
    };
  };
  // biome-ignore lint/style/noDefaultExport: Moddable's surface.
  export default config;
}

declare module 'embedded:storage/key-value' {
  interface KeyValueDirectory {
    read(key: string): ArrayBuffer | undefined;
    write(key: string, value: Uint8Array): void;
  }
  const storage: { open(options: { readonly path: string; readonly format: 'buffer' }): KeyValueDirectory };
  // biome-ignore lint/style/noDefaultExport: ECMA-419's surface.
  export default storage;
}
