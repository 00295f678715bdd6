// SPDX-License-Identifier: Apache-2.0

/**
 * What provisioning puts into a PNE's store, under one key: who it is, where its gateway is, and the
 * pre-shared secret of CPNS-3 until the handshake establishes one.
 *
 *     provisioning = [
 *       version: 1,
 *       pne-id: tstr,
 *       gateway: [address: tstr, port: uint .le 65535],
 *       algorithm: int,                    ; COSE algorithm of the records
 *       sender-id: bstr, recipient-id: bstr,
 *       master-secret: bstr, master-salt: bstr,
 *     ]
 */
import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import { refuse } from '../refusal.ts';

export interface Provisioning {
  readonly pneId: string;
  readonly gatewayAddress: string;
  readonly gatewayPort: number;
  readonly algorithm: number;
  readonly senderId: Uint8Array;
  readonly recipientId: Uint8Array;
  /** The caller wipes it once it sits behind a handle. */
  readonly masterSecret: Uint8Array;
  readonly masterSalt: Uint8Array;
}

const VERSION = 1;

export function encodeProvisioning(provisioning: Provisioning): Uint8Array {
  return new CborWriter()
    .array(8)
    .integer(VERSION)
    .textString(provisioning.pneId)
    .array(2)
    .textString(provisioning.gatewayAddress)
    .integer(provisioning.gatewayPort)
    .integer(provisioning.algorithm)
    .byteString(provisioning.senderId)
    .byteString(provisioning.recipientId)
    .byteString(provisioning.masterSecret)
    .byteString(provisioning.masterSalt)
    .finish();
}

/** Byte strings are borrowed from `bytes`. Refuses another version and every other shape. */
export function decodeProvisioning(bytes: Uint8Array): Provisioning {
  const reader = new CborReader(bytes);
  if (reader.array() !== 8 || reader.unsigned() !== VERSION) refuse('notProvisioned');
  const pneId = reader.textString();
  if (reader.array() !== 2) refuse('notProvisioned');
  const provisioning = {
    pneId,
    gatewayAddress: reader.textString(),
    gatewayPort: reader.unsigned(),
    algorithm: reader.integer(),
    senderId: reader.byteString(),
    recipientId: reader.byteString(),
    masterSecret: reader.byteString(),
    masterSalt: reader.byteString(),
  };
  reader.end();
  return provisioning;
}
