// SPDX-License-Identifier: Apache-2.0

/** Gives tests that ask for noble's provider the board's native one, which computes curves a hundred times faster. */
import type { Plugin } from 'esbuild';
import { ROOT } from './bundle.ts';

const CONTENTS = `
  import * as noble from './src/crypto/noble/provider.ts';
  import { createNativeProvider } from './src/crypto/native/provider.ts';
  import { Curve, SignatureAlgorithm } from './src/crypto/curves.ts';
  import { cryptoNatives } from './firmware/platform/crypto.ts';

  export function createNobleProvider(fillRandom) {
    const native = createNativeProvider(cryptoNatives());
    const ed25519 = noble.createNobleProvider(fillRandom);
    const byCurve = (curve) => (curve === Curve.Ed25519 ? ed25519 : native);
    const byAlgorithm = (algorithm) => (algorithm === SignatureAlgorithm.EdDSA ? ed25519 : native);
    return {
      ...native,
      fillRandom,
      supportsCurve: (curve) => byCurve(curve).supportsCurve(curve),
      generateKey: (curve) => byCurve(curve).generateKey(curve),
      privateKey: (curve, bytes) => byCurve(curve).privateKey(curve, bytes),
      sign: (algorithm, ...rest) => byAlgorithm(algorithm).sign(algorithm, ...rest),
      verify: (algorithm, ...rest) => byAlgorithm(algorithm).verify(algorithm, ...rest),
    };
  }
`;

/** Randomness stays the test's own, except that of generated keys. Ed25519, which native has not, stays noble's. */
export function nativeForNoble(): Plugin {
  return {
    name: 'native for noble',
    setup(build): void {
      build.onResolve({ filter: /crypto\/noble\/provider\.ts$/ }, ({ namespace }) =>
        namespace === 'native' ? undefined : { path: 'provider', namespace: 'native' },
      );
      build.onLoad({ filter: /.*/, namespace: 'native' }, () => ({ contents: CONTENTS, resolveDir: ROOT }));
    },
  };
}
