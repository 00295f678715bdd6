// SPDX-License-Identifier: Apache-2.0

/** What a room may import. Rooms are folders of src and of firmware, or the other top-level folders. */
export interface Room {
  /** Rooms it may import from, besides itself. */
  readonly rooms: readonly string[];
  /** Rooms of which it may import types only. */
  readonly types?: readonly string[];
  /** npm packages, by the start of their specifier. */
  readonly packages?: readonly string[];
  /** Whether it may import Node's own modules. */
  readonly node?: boolean;
  /** Whether it may use what the Moddable SDK supplies: its modules and `native`. */
  readonly moddable?: boolean;
}

/** Every room may import these. */
export const GROUND: readonly string[] = Object.freeze(['src/refusal', 'src/limits', 'src/node-limits']);

const PORTABLE = Object.freeze([
  'src/bytes',
  'src/cbor',
  'src/crypto',
  'src/cose',
  'src/payload',
  'src/store',
  'src/link',
  'src/session',
  'src/delivery',
  'src/keys',
  'src/groups',
  'src/handshake',
  'src/negotiation',
  'src/authorization',
  'src/roles',
  'src/update',
]);

const FIRMWARE = Object.freeze([
  'firmware/platform',
  'firmware/providers',
  'firmware/store',
  'firmware/selftest',
  'firmware/links',
  'firmware/sensors',
  'firmware/orders',
]);

/** The direction of imports: a room sees those below it. */
export const ROOMS: Readonly<Record<string, Room>> = Object.freeze({
  'src/bytes': { rooms: [] },
  'src/cbor': { rooms: ['src/bytes'] },
  'src/crypto': { rooms: ['src/bytes'], packages: ['@noble/'] },
  'src/cose': { rooms: ['src/bytes', 'src/cbor', 'src/crypto'] },
  'src/store': { rooms: ['src/bytes', 'src/crypto'] },
  'src/payload': { rooms: ['src/bytes', 'src/cbor'], packages: ['cbor-x'] },
  'src/link': { rooms: ['src/bytes', 'src/cbor', 'src/crypto'] },
  'src/session': { rooms: ['src/bytes', 'src/cbor', 'src/crypto', 'src/cose'] },
  'src/delivery': { rooms: ['src/link', 'src/session'] },
  'src/keys': { rooms: ['src/bytes', 'src/cbor', 'src/crypto'] },
  'src/groups': { rooms: ['src/bytes', 'src/cbor', 'src/crypto', 'src/cose', 'src/session', 'src/keys'] },
  'src/handshake': {
    rooms: ['src/bytes', 'src/cbor', 'src/crypto', 'src/cose'],
    types: ['src/link', 'src/session'],
  },
  'src/negotiation': { rooms: ['src/bytes', 'src/cbor', 'src/crypto'], types: ['src/link', 'src/handshake'] },
  'src/authorization': { rooms: ['src/bytes', 'src/cbor', 'src/crypto', 'src/cose', 'src/handshake'] },
  'src/roles': { rooms: PORTABLE },
  'src/update': { rooms: ['src/bytes', 'src/cbor', 'src/crypto', 'src/cose', 'src/store'] },
  'src/node': {
    rooms: PORTABLE,
    packages: ['ble-host', 'esbuild', 'lmdb', 'mqtt', 'pg', 'preact', 'prom-client', 'qr', 'ws'],
    node: true,
  },
  'src/exports': { rooms: [...PORTABLE, 'src/node'] },
  'firmware/platform': { rooms: PORTABLE, moddable: true },
  'firmware/native': { rooms: [] },
  'firmware/providers': { rooms: [...PORTABLE, 'firmware/platform'] },
  'firmware/store': { rooms: [...PORTABLE, 'firmware/platform'] },
  'firmware/selftest': { rooms: [...PORTABLE, 'firmware/platform'] },
  'firmware/links': { rooms: [...PORTABLE, 'firmware/platform'] },
  'firmware/sensors': { rooms: [...PORTABLE, 'firmware/platform', 'firmware/links'] },
  'firmware/orders': { rooms: PORTABLE },
  'firmware/bench': { rooms: [...PORTABLE, 'firmware/platform', 'firmware/providers'] },
  'firmware/programs': { rooms: [...PORTABLE, ...FIRMWARE] },
  boards: { rooms: ['src/bytes', 'src/cbor', 'src/link'], moddable: true },
  tools: {
    rooms: [...PORTABLE, 'src/node', ...FIRMWARE, 'firmware/bench', 'boards'],
    packages: [
      'ble-host',
      'cbor-x',
      'csv-parse',
      'esbuild',
      'esptool-js',
      'lmdb',
      'pg',
      'playwright-core',
      'preact',
      'serialport',
      'typescript',
    ],
    node: true,
  },
});

/** Only the noble provider may import noble, so that a native image is free of it. */
export const NOBLE_FOLDER = 'src/crypto/noble/';
