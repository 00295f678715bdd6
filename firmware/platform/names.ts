// SPDX-License-Identifier: Apache-2.0

/**
 * Gives the typed arrays their names back. Images that xsl links have no function names at all, and cbor-x
 * asks for these when it loads: import this before it.
 */
const typedArrays = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  BigInt64Array,
  BigUint64Array,
  Float32Array,
  Float64Array,
};

for (const [name, typedArray] of Object.entries(typedArrays)) {
  if (typedArray.name !== name) Object.defineProperty(typedArray, 'name', { value: name });
}
