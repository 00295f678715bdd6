// SPDX-License-Identifier: Apache-2.0

/** How one end proves who it is: with a signature key, or with a MAC under a static Diffie-Hellman key. */
export type Authentication = 'signature' | 'static-dh';

export interface MethodParameters {
  readonly initiator: Authentication;
  readonly responder: Authentication;
}

/** RFC 9528 section 3.2, by METHOD. */
const METHODS: Readonly<Record<number, MethodParameters>> = Object.freeze({
  __proto__: null,
  0: Object.freeze({ initiator: 'signature', responder: 'signature' }),
  1: Object.freeze({ initiator: 'signature', responder: 'static-dh' }),
  2: Object.freeze({ initiator: 'static-dh', responder: 'signature' }),
  3: Object.freeze({ initiator: 'static-dh', responder: 'static-dh' }),
} as Record<number, MethodParameters>);

/** Returns undefined for a method this library does not know. */
export function methodParameters(method: number): MethodParameters | undefined {
  return METHODS[method];
}
