// SPDX-License-Identifier: Apache-2.0

/**
 * What provisioning puts into a PNE's store, under one key: who it is, where its gateway is, and whom it
 * trusts on each of its interfaces. Credentials are CWT Claims Sets (RFC 8392) that name one P-256 key.
 *
 *     provisioning = [
 *       version: 2,
 *       pne-id: tstr,
 *       gateway: [address: tstr, port: uint .le 65535],
 *       private-key: bstr .size 32,
 *       own: bstr .cbor ccs,
 *       gateway-credential: bstr .cbor ccs,       ; CPNS-1
 *       server-credential: bstr .cbor ccs,        ; CPNS-3
 *     ]
 */
import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import { refuse } from '../refusal.ts';

export interface Provisioning {
  readonly pneId: string;
  readonly gatewayAddress: string;
  readonly gatewayPort: number;
  /** The caller wipes it once it sits behind a handle. */
  readonly privateKey: Uint8Array;
  readonly ownCcs: Uint8Array;
  readonly gatewayCcs: Uint8Array;
  readonly serverCcs: Uint8Array;
}

const VERSION = 2;

export function encodeProvisioning(provisioning: Provisioning): Uint8Array {
  return new CborWriter()
    .array(7)
    .integer(VERSION)
    .textString(provisioning.pneId)
    .array(2)
    .textString(provisioning.gatewayAddress)
    .integer(provisioning.gatewayPort)
    .byteString(provisioning.privateKey)
    .byteString(provisioning.ownCcs)
    .byteString(provisioning.gatewayCcs)
    .byteString(provisioning.serverCcs)
    .finish();
}

/** Byte strings are borrowed from `bytes`. Refuses another version and every other shape. */
export function decodeProvisioning(bytes: Uint8Array): Provisioning {
  const reader = new CborReader(bytes);
  if (reader.array() !== 7 || reader.unsigned() !== VERSION) refuse('notProvisioned');
  const pneId = reader.textString();
  if (reader.array() !== 2) refuse('notProvisioned');
  const provisioning = {
    pneId,
    gatewayAddress: reader.textString(),
    gatewayPort: reader.unsigned(),
    privateKey: reader.byteString(),
    ownCcs: reader.byteString(),
    gatewayCcs: reader.byteString(),
    serverCcs: reader.byteString(),
  };
  reader.end();
  return provisioning;
}
