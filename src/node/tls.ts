// SPDX-License-Identifier: Apache-2.0

/**
 * TLS 1.3 below CPNS-2, and what it attests. Its certificates are not looked at: who is at the other end the handshake of
 * CPNS-2 proves, and by the exporter value, that it is the end of this very channel (RFC 9266).
 */
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext, type TLSSocket } from 'node:tls';
import type { Attestation } from '../link/attestation.ts';

/** A server's, in PEM. */
export interface TlsCredentials {
  readonly cert: Uint8Array;
  readonly key: Uint8Array;
}

/** Bytes of their keys. All have tags of 16 bytes. */
const KEY_BYTES: Readonly<Record<string, number>> = Object.freeze({
  __proto__: null,
  TLS_AES_256_GCM_SHA384: 32,
  TLS_CHACHA20_POLY1305_SHA256: 32,
  TLS_AES_128_GCM_SHA256: 16,
} as unknown as Record<string, number>);

/** Of either end. */
export const TLS_1_3 = Object.freeze({
  minVersion: 'TLSv1.3',
  ciphers: Object.keys(KEY_BYTES).join(':'),
} as const);

const EXPORTER_LABEL = 'EXPORTER-Channel-Binding';
const EXPORTER_BYTES = 32;

/** Reads both, or throws what is wrong with them. */
export function readTlsCredentials(certPath: string, keyPath: string): TlsCredentials {
  if ((statSync(keyPath).mode & 0o007) !== 0)
    throw new Error(`${keyPath} can be read by everybody: chmod o= ${keyPath}`);
  const credentials = { cert: readFileSync(certPath), key: readFileSync(keyPath) };
  try {
    createSecureContext(credentials);
  } catch (error) {
    throw new Error(
      `${certPath} and ${keyPath} are no certificate and its key in PEM (${(error as Error).message})`,
    );
  }
  return credentials;
}

/** Of a connection whose handshake is over. */
export function tlsAttestation(socket: TLSSocket): Attestation {
  return Object.freeze({
    kind: 'tls',
    encrypted: socket.getProtocol() === 'TLSv1.3',
    authenticated: false,
    bonded: false,
    keySize: KEY_BYTES[socket.getCipher().name] ?? 0,
    secureConnections: false,
    channelBinding: Uint8Array.from(
      socket.exportKeyingMaterial(EXPORTER_BYTES, EXPORTER_LABEL, Buffer.alloc(0)),
    ),
  });
}
