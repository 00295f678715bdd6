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

declare module 'embedded:io/bluetoothle/peripheral' {
  interface GATTServerOptions {
    readonly mtu: number;
    readonly services: readonly GATTServerService[];
    readonly security: {
      readonly bond: boolean;
      readonly authenticate: boolean;
      readonly ioCapabilities: 'none' | 'display' | 'numbers' | 'display+numbers' | 'display+confirm';
      /** What SDK 8.2.3 reads in place of `ioCapabilities` on ESP32. */
      readonly display: boolean;
      readonly keyboard: boolean | 'yes/no';
      /** Asks the central to secure the connection as soon as it is there. */
      readonly immediate: boolean;
    };
    onReady(): void;
    onConnect(connection: GATTServerConnection): void;
    onDisconnect(connection: GATTServerConnection): void;
    onPasskey(
      connection: GATTServerConnection,
      action: 'none' | 'input' | 'display' | 'compareNumber' | 'outOfBand',
      data?: number | ArrayBuffer,
    ): void;
    onSecured(
      connection: GATTServerConnection,
      state: { encrypted: boolean; authenticated: boolean; bonded: boolean; keySize: number },
    ): void;
  }
  interface GATTServerService {
    readonly uuid: string;
    readonly characteristics: readonly GATTServerCharacteristicOptions[];
  }
  interface GATTServerCharacteristicOptions {
    readonly uuid: string;
    readonly properties: number;
    onWrite?(this: GATTServerCharacteristic, value: ArrayBuffer, connection: GATTServerConnection): void;
    onSubscribe?(this: GATTServerCharacteristic, connection: GATTServerConnection): void;
    onUnsubscribe?(this: GATTServerCharacteristic, connection: GATTServerConnection): void;
  }
  /** Opaque: `this` in a characteristic's callbacks. */
  interface GATTServerCharacteristic {
    readonly brand: 'characteristic';
  }
  interface GATTServerConnection {
    /** Bytes of one notification. SDK 8.2.3's typings misspell it. */
    readonly maximumWrite: number;
    /** Of the simulated boards alone, once it is secured. */
    readonly channelBinding?: Uint8Array | undefined;
    /** Of the simulated boards alone. */
    readonly isBonded?: boolean;
    forgetBond?(): void;
    /** Throws where the central has not subscribed. */
    notify(characteristic: GATTServerCharacteristic, value: Uint8Array): void;
    replyToPasskey(action: 'input' | 'compareNumber', value: number | boolean): void;
    close(): void;
  }
  class GATTServer {
    constructor(options: GATTServerOptions);
    startAdvertising(
      data: { readonly flags: number; readonly services: readonly string[] },
      response: { readonly name: string },
    ): void;
    stopAdvertising(): void;
    static readonly properties: {
      readonly writeEncrypted: number;
      readonly writeAuthenticated: number;
      readonly subscribeEncrypted: number;
      readonly subscribeAuthenticated: number;
    };
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
  interface SerialSettings {
    readonly port: number;
    /** Pins. */
    readonly receive: number;
    readonly transmit: number;
    readonly baud: number;
  }
  /** The `config` of the image's manifests. */
  const config: {
    /** Its folder in boards. */
    readonly board: string;
    /** What a board of manifests/link-ble.json shows a passkey on: its console, or nothing. */
    readonly ble: { readonly ioCapabilities: 'none' | 'display' };
    /** The port of manifests/link-serial.json. */
    readonly serial: SerialSettings;
    /** The port of a simulated board's sensor. */
    readonly feed?: SerialSettings;
  };
  // biome-ignore lint/style/noDefaultExport: Moddable's surface.
  export default config;
}

declare module 'embedded:storage/key-value' {
  interface KeyValueDirectory {
    read(key: string): ArrayBuffer | undefined;
    write(key: string, value: Uint8Array): void;
    /** Does nothing where there is no such key. */
    delete(key: string): void;
  }
  const storage: { open(options: { readonly path: string; readonly format: 'buffer' }): KeyValueDirectory };
  // biome-ignore lint/style/noDefaultExport: ECMA-419's surface.
  export default storage;
}
