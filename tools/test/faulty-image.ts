// SPDX-License-Identifier: Apache-2.0

/** Images whose cryptography has a fault: a build of the same program, with one function of its provider wrong. */
import type { Plugin } from 'esbuild';
import { ROOT } from '../build/bundle.ts';

/** By the check that finds it, with what is in place of the provider's `p`. */
export const FAULTS: Readonly<Record<string, string>> = Object.freeze({
  'hash (80)': 'hash: (...values) => flip(p.hash(...values))',
  'mac (81)': 'macKey: (...values) => ({ ...p.macKey(...values), verify: () => true })',
  'key derivation (82)': 'expand: (...values) => flip(p.expand(...values))',
  'aead (83)': 'aeadKey: (...values) => faultyAead(p.aeadKey(...values))',
  'record (88)': 'records: { ...p.records, protect: (...values) => flip(p.records.protect(...values)) }',
  'key wrapping (89)': 'wrap: (...values) => flip(p.wrap(...values))',
  'key agreement (84)': 'agree: () => p.secret(new Uint8Array(32))',
  'signature (85)': 'verify: () => true',
  'random (86)': 'fillRandom: (target) => void target.fill(7)',
});

/** Of an image whose main opens its provider by firmware/providers. */
export function withFault(fault: string): Plugin {
  const contents = (file: string, open: string) => `
    import { ${open} as openReal } from './firmware/providers/${file}';
    const flip = (bytes) => { bytes[0] ^= 1; return bytes; };
    const faultyAead = (key) => ({ ...key, seal: (...values) => flip(key.seal(...values)) });
    const faulty = (p) => ({ ...p, ${fault} });
    export const ${open} = () => faulty(openReal());`;
  return {
    name: 'a faulty provider',
    setup(build): void {
      build.onResolve({ filter: /\/(host|device)-provider\.ts$/ }, ({ path, namespace }) =>
        namespace === 'faulty' ? undefined : { path, namespace: 'faulty' },
      );
      build.onLoad({ filter: /.*/, namespace: 'faulty' }, ({ path }) => {
        const file = path.split('/').at(-1)!;
        const open = file.startsWith('host') ? 'openHostProvider' : 'openDeviceProvider';
        return { contents: contents(file, open), resolveDir: ROOT };
      });
    },
  };
}
