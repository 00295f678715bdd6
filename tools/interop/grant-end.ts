// SPDX-License-Identifier: Apache-2.0

/** Grants as we make and read them, under keys that both ends are told. Portable: it also runs inside XS. */
import type { Claims } from '../../src/authorization/claims.ts';
import { ConfirmationMethod, thumbprint } from '../../src/authorization/confirmation.ts';
import { decodeGrantId, encodeGrantId } from '../../src/authorization/cti.ts';
import { macGrant, openGrant, signGrant } from '../../src/authorization/grant.ts';
import { decodeScope, encodeScope } from '../../src/authorization/scope.ts';
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { Curve } from '../../src/crypto/curves.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import { ccsCredential, encodeCcs } from '../../src/handshake/credential.ts';
import type { Values } from './end.ts';

const ES256 = -7;
const HMAC_256_64 = 4;

type Step = (request: Values) => Values;

/** Claims are told by their values: `exp`, `cti`, `method` and `cnf`, `scope`. */
export function grantSteps(provider: CryptoProvider): Readonly<Record<string, Step>> {
  const macKey = ({ key }: Values) => provider.macKey(HMAC_256_64, provider.secret(fromHex(key!)));
  const algorithm = ES256;
  return {
    makeMac: (request) => ({ grant: toHex(macGrant(claimsOf(request), macKey(request))) }),
    readMac: (request) => valuesOf(openGrant(fromHex(request.grant!), { macKey: macKey(request) })),
    makeSigned(request) {
      const privateKey = provider.privateKey(Curve.P256, fromHex(request.key!));
      return { grant: toHex(signGrant(claimsOf(request), { provider, algorithm, privateKey })) };
    },
    readSigned(request) {
      const signer = { provider, algorithm, publicKey: fromHex(request.key!) };
      return valuesOf(openGrant(fromHex(request.grant!), { signer }));
    },
    thumbprint({ key }) {
      const own = { curve: Curve.P256, publicKey: fromHex(key!), kid: Uint8Array.of(1) };
      return { thumbprint: toHex(thumbprint(provider, ccsCredential(encodeCcs(own)))) };
    },
  };
}

function claimsOf({ exp, cti, method, cnf, scope }: Values): Claims {
  const confirmation = {
    method: method === 'kid' ? ConfirmationMethod.kid : ConfirmationMethod.ckt,
    value: fromHex(cnf!),
  };
  const id = decodeGrantId(fromHex(cti!));
  return { ...id, confirmation, scope: decodeScope(fromHex(scope!)), expiry: { exp: Number(exp) } };
}

function valuesOf({ confirmation, scope, expiry, ...id }: Claims): Values {
  return {
    exp: `${'exp' in expiry ? expiry.exp : ''}`,
    cti: toHex(encodeGrantId(id)),
    method: confirmation!.method === ConfirmationMethod.kid ? 'kid' : 'ckt',
    cnf: toHex(confirmation!.value),
    scope: toHex(encodeScope(scope)),
  };
}
