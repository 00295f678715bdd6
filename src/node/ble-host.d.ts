// SPDX-License-Identifier: Apache-2.0

/** What is used here of ble-host 1.0.3, which has no types of its own. */
declare module 'ble-host' {
  import type { EventEmitter } from 'node:events';

  /** Takes and gives whole packets of HCI, with their H4 type in front. */
  export interface Transport extends EventEmitter {
    write(packet: Buffer): void;
  }

  export interface PairingFeatures {
    ioCap?: number;
    bondingFlags?: 0 | 1;
    mitm?: boolean;
    sc?: boolean;
    keypress?: boolean;
    maxKeySize?: number;
    initKeyDistr?: { encKey?: boolean; idKey?: boolean };
    rspKeyDistr?: { encKey?: boolean; idKey?: boolean };
  }

  export interface EncryptionLevel {
    readonly mitm: boolean;
    readonly sc: boolean;
    readonly keySize: number;
  }

  /**
   * Events: `pairingRequest` (PairingFeatures, callback), `validatePairingFeatures` (PairingFeatures, callback),
   * `passkeyExchange` (model, passkey or null, callback), `pairingComplete` (PairingResult), `pairingFail`
   * (reason, isFromPeer), `encrypt` (status, EncryptionLevel), `timeout`.
   */
  export interface Smp extends EventEmitter {
    readonly isEncrypted: boolean;
    readonly isBonded: boolean;
    readonly hasLtk: boolean;
    readonly currentEncryptionLevel: EncryptionLevel | null;
    readonly availableLtkSecurityLevel: EncryptionLevel | null;
    /** The central's. Throws where there is no key. */
    startEncryption(): boolean;
    /** The central's. */
    sendPairingRequest(features: PairingFeatures): boolean;
    /** The peripheral's. */
    sendSecurityRequest(bond: boolean, mitm: boolean, keypress: boolean): void;
    sendPairingFailed(reason: number): void;
  }

  export interface PairingResult {
    readonly sc: boolean;
    readonly mitm: boolean;
    readonly bond: boolean;
    /** The long-term key, of Secure Connections where `sc`. */
    readonly rspLtk: Buffer;
  }

  /** Event `change`: value, isIndication, callback. */
  export interface ClientCharacteristic extends EventEmitter {
    readonly uuid: string;
    readonly valueHandle: number;
    read(callback: (error: number, value?: Buffer) => void): void;
    write(value: Buffer, callback?: (error: number) => void): void;
    writeWithoutResponse(value: Buffer, sent?: () => void, complete?: () => void): void;
    writeCCCD(notifications: boolean, indications: boolean, callback?: (error: number) => void): void;
  }

  export interface ClientService {
    readonly uuid: string;
    discoverCharacteristics(callback: (characteristics: ClientCharacteristic[]) => void): void;
  }

  export interface Gatt extends EventEmitter {
    readonly currentMtu: number;
    exchangeMtu(callback?: (error: number) => void): void;
    discoverServicesByUuid(
      uuid: string,
      count: number | undefined,
      callback: (services: ClientService[]) => void,
    ): void;
  }

  /** Event `disconnect`: reason. */
  export interface Connection extends EventEmitter {
    readonly peerAddressType: 'public' | 'random';
    readonly peerAddress: string;
    readonly disconnected: boolean;
    readonly smp: Smp;
    readonly gatt: Gatt;
    disconnect(reason?: number): void;
  }

  export interface ServerDescriptor {
    uuid: string | number;
    writePerm?: string;
    onAuthorizeWrite?(connection: Connection, callback: (error: number) => void): void;
  }

  export interface ServerCharacteristic {
    uuid: string;
    properties?: string[];
    maxLength?: number;
    readPerm?: string;
    writePerm?: string;
    descriptors?: ServerDescriptor[];
    value?: Buffer;
    onAuthorizeRead?(connection: Connection, callback: (error: number) => void): void;
    onAuthorizeWrite?(connection: Connection, callback: (error: number) => void): void;
    onRead?(connection: Connection, callback: (error: number, value?: Buffer) => void): void;
    onWrite?(
      connection: Connection,
      needsResponse: boolean,
      value: Buffer,
      callback: (error: number) => void,
    ): void;
    onSubscriptionChange?(
      connection: Connection,
      notification: boolean,
      indication: boolean,
      isWrite: boolean,
    ): void;
    /** Put here when the service is added. Returns whether the peer has subscribed. */
    notify?(connection: Connection, value: Buffer, sent?: () => void, complete?: () => void): boolean;
  }

  export interface ServerService {
    uuid: string;
    characteristics?: ServerCharacteristic[];
  }

  /** Event `report`: Advertisement. */
  export interface Scanner extends EventEmitter {
    stopScan(): void;
  }

  export interface Advertisement {
    readonly connectable: boolean;
    readonly addressType: 'public' | 'random';
    readonly address: string;
  }

  export interface Manager extends EventEmitter {
    readonly gattDb: {
      addServices(services: ServerService[]): void;
      setDeviceName(name: string): void;
    };
    connect(
      addressType: 'public' | 'random',
      address: string,
      parameters: Readonly<Record<string, number>>,
      callback: (connection: Connection) => void,
    ): { cancel(callback?: () => void): void };
    startScan(parameters: { filterDuplicates?: boolean; scanFilters?: readonly object[] }): Scanner;
    setAdvertisingData(data: Buffer, callback?: (status: number) => void): void;
    setScanResponseData(data: Buffer, callback?: (status: number) => void): void;
    startAdvertising(
      parameters: Readonly<Record<string, unknown>>,
      callback: (status: number, connection: Connection) => void,
    ): void;
    stopAdvertising(callback?: (status: number) => void): void;
    removeBond(addressType: 'public' | 'random', address: string): void;
  }

  const bleHost: {
    readonly BleManager: {
      create(
        transport: Transport,
        options: { staticRandomAddress?: string },
        callback: (error: Error | null, manager: Manager) => void,
      ): void;
      readonly ServiceUUIDScanFilter: new (uuid: string) => object;
    };
    readonly IOCapabilities: Readonly<Record<string, number>>;
    readonly AssociationModels: Readonly<Record<string, number>>;
    readonly AttErrors: Readonly<Record<string, number>> & { toString(code: number): string };
    readonly SmpErrors: Readonly<Record<string, number>> & { toString(code: number): string };
    readonly HciErrors: Readonly<Record<string, number>> & { toString(code: number): string };
  };
  // biome-ignore lint/style/noDefaultExport: CommonJS, its exports are one object
  export default bleHost;
}

declare module 'ble-host/lib/internal/storage.js' {
  type LongTermKey = readonly [ltk: Buffer, rand: Buffer, ediv: number];

  const storage: {
    constructAddress(type: 'public' | 'random', address: string): string;
    /** In memory and, where that can be, in the working directory. */
    storeKeys(
      ownAddress: string,
      peerAddress: string,
      mitm: boolean,
      sc: boolean,
      irk: Buffer | null,
      ...keys: readonly [...local: LongTermKey, ...peer: LongTermKey]
    ): void;
  };
  // biome-ignore lint/style/noDefaultExport: CommonJS, its exports are one object
  export default storage;
}
