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
 *
 * or, of a PNE that joins by a code (onboarding.ts):
 *
 *     invited = [
 *       version: 3,
 *       pne-id: tstr,
 *       gateway: [address: tstr, port: uint .le 65535],
 *       secret: bstr .size 16 / bstr .size 0,     ; 0: it has joined
 *     ]
 */
import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import { refuse } from '../refusal.ts';

export interface Place {
  readonly pneId: string;
  readonly gatewayAddress: string;
  readonly gatewayPort: number;
}

export interface Provisioning extends Place {
  /** The caller wipes it once it sits behind a handle. */
  readonly privateKey: Uint8Array;
  readonly ownCcs: Uint8Array;
  readonly gatewayCcs: Uint8Array;
  readonly serverCcs: Uint8Array;
}

export interface Invited extends Place {
  /** 16 bytes, or none where it is used. The caller wipes it once it sits behind a handle. */
  readonly secret: Uint8Array;
}

const VERSION = 2;
const INVITED_VERSION = 3;
const SECRET_BYTES = 16;

export function encodeProvisioning(provisioning: Provisioning): Uint8Array {
  const { privateKey, ownCcs, gatewayCcs, serverCcs } = provisioning;
  return writePlace(7, VERSION, provisioning)
    .byteString(privateKey)
    .byteString(ownCcs)
    .byteString(gatewayCcs)
    .byteString(serverCcs)
    .finish();
}

/** Byte strings are borrowed from `bytes`. Refuses another version and every other shape. */
export function decodeProvisioning(bytes: Uint8Array): Provisioning {
  const reader = new CborReader(bytes);
  const place = readPlace(reader, 7, VERSION) ?? refuse('notProvisioned');
  const provisioning = {
    ...place,
    privateKey: reader.byteString(),
    ownCcs: reader.byteString(),
    gatewayCcs: reader.byteString(),
    serverCcs: reader.byteString(),
  };
  reader.end();
  return provisioning;
}

export function encodeInvited(invited: Invited): Uint8Array {
  return writePlace(4, INVITED_VERSION, invited).byteString(invited.secret).finish();
}

/** The same. Undefined for the provisioning of a PNE that joins by no code. */
export function decodeInvited(bytes: Uint8Array): Invited | undefined {
  const reader = new CborReader(bytes);
  const place = readPlace(reader, 4, INVITED_VERSION);
  if (place === undefined) return undefined;
  const secret = reader.byteString();
  reader.end();
  if (secret.length !== SECRET_BYTES && secret.length !== 0) refuse('notProvisioned');
  return { ...place, secret };
}

function writePlace(
  items: number,
  version: number,
  { pneId, gatewayAddress, gatewayPort }: Place,
): CborWriter {
  const writer = new CborWriter().array(items).integer(version).textString(pneId);
  return writer.array(2).textString(gatewayAddress).integer(gatewayPort);
}

/** Undefined for another version. */
function readPlace(reader: CborReader, items: number, version: number): Place | undefined {
  if (reader.array() !== items || reader.unsigned() !== version) return undefined;
  const pneId = reader.textString();
  if (reader.array() !== 2) refuse('notProvisioned');
  return { pneId, gatewayAddress: reader.textString(), gatewayPort: reader.unsigned() };
}
