// SPDX-License-Identifier: Apache-2.0

/** COSE elliptic curves (IANA "COSE Elliptic Curves"; RFC 9053 section 7.1). */
export const Curve = Object.freeze({ P256: 1, X25519: 4, Ed25519: 6 } as const);

/** COSE signature algorithms (RFC 9053 section 2). */
export const SignatureAlgorithm = Object.freeze({ ES256: -7, EdDSA: -8 } as const);

export interface CurveParameters {
  readonly name: string;
  /** Bytes of a private key. */
  readonly privateKeyLength: number;
  /** Bytes of a public key as handles show it: x ‖ y on P-256, the one encoding elsewhere. */
  readonly publicKeyLength: number;
  /** Bytes of x alone, which is what key agreement sends and yields (RFC 9528 section 3.7). */
  readonly coordinateLength: number;
}

export interface SignatureParameters {
  readonly name: string;
  readonly curve: number;
  /** Bytes. ES256 is r ‖ s (RFC 9053 section 2.1). */
  readonly signatureLength: number;
}

/** n of FIPS 186-5, the order of P-256's base point: words of 32 bits, the highest first. */
export const P256_ORDER: readonly number[] = Object.freeze([
  0xffffffff, 0x00000000, 0xffffffff, 0xffffffff, 0xbce6faad, 0xa7179e84, 0xf3b9cac2, 0xfc632551,
]);

const CURVES: Readonly<Record<number, CurveParameters>> = Object.freeze({
  __proto__: null,
  [Curve.P256]: curve('P-256', 64),
  [Curve.X25519]: curve('X25519', 32),
  [Curve.Ed25519]: curve('Ed25519', 32),
});

const SIGNATURES: Readonly<Record<number, SignatureParameters>> = Object.freeze({
  __proto__: null,
  [SignatureAlgorithm.ES256]: Object.freeze({ name: 'ES256', curve: Curve.P256, signatureLength: 64 }),
  [SignatureAlgorithm.EdDSA]: Object.freeze({ name: 'EdDSA', curve: Curve.Ed25519, signatureLength: 64 }),
});

/** Returns the curve's lengths, or undefined for a number this library does not know. */
export function curveParameters(curve: number): CurveParameters | undefined {
  return CURVES[curve];
}

/** Returns what the algorithm needs, or undefined for a number this library does not know. */
export function signatureParameters(algorithm: number): SignatureParameters | undefined {
  return SIGNATURES[algorithm];
}

function curve(name: string, publicKeyLength: number): CurveParameters {
  return Object.freeze({ name, privateKeyLength: 32, publicKeyLength, coordinateLength: 32 });
}
