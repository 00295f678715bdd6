// SPDX-License-Identifier: Apache-2.0

/** boards/esp32/crypto-config.c, which compiles where the crypto library has what a PNE needs and its chip offers. */
import { join } from 'node:path';
import { ROOT } from '../build/bundle.ts';
import { runCommand } from './command.ts';
import { CheckFailure, type Outcome, type Tally } from './tally.ts';

const LIBRARY = [
  ...['MBEDTLS_CONFIG_FILE', 'TF_PSA_CRYPTO_USER_CONFIG_FILE', 'ESP_CONFIG_H', 'MBEDTLS_MAJOR_VERSION=4'],
  ...['PSA_WANT_ALG_CCM', 'PSA_WANT_ALG_CHACHA20_POLY1305', 'PSA_WANT_ALG_GCM', 'PSA_WANT_ALG_SHA_256'],
  ...['PSA_WANT_ALG_ECDH', 'PSA_WANT_ALG_ECDSA', 'PSA_WANT_ECC_SECP_R1_256', 'PSA_WANT_ECC_MONTGOMERY_255'],
];
/** What a chip has, and what the library is compiled with where it uses that. */
const HARDWARE: readonly (readonly [chip: string, library: string])[] = [
  ['CONFIG_SOC_SHA_SUPPORTED', 'ESP_SHA_DRIVER_ENABLED'],
  ['CONFIG_SOC_AES_SUPPORTED', 'ESP_AES_DRIVER_ENABLED'],
  ['CONFIG_SOC_MPI_SUPPORTED', 'MBEDTLS_MPI_MUL_MPI_ALT'],
  ['CONFIG_SOC_ECC_SUPPORTED', 'MBEDTLS_ECP_MUL_ALT_SOFT_FALLBACK'],
];

export async function testEsp32CryptoConfig(tally: Tally): Promise<void> {
  await tally.run(
    'esp32',
    'boards/esp32/crypto-config.c refuses a crypto library that lacks something',
    check,
  );
}

async function check(): Promise<Outcome> {
  await expectCompiles(LIBRARY, true);
  await expectCompiles([...LIBRARY, ...HARDWARE.flat()], true);
  for (const missing of LIBRARY)
    await expectCompiles(
      LIBRARY.filter((name) => name !== missing),
      false,
    );
  for (const [chip] of HARDWARE) await expectCompiles([...LIBRARY, chip], false);
  return { passed: 2 + LIBRARY.length + HARDWARE.length };
}

async function expectCompiles(defined: readonly string[], expected: boolean): Promise<void> {
  const { status, output } = await runCommand('cc', [
    ...['-std=c11', '-fsyntax-only', '-I', join(ROOT, 'boards/esp32/test/crypto')],
    ...defined.map((name) => `-D${name}`),
    join(ROOT, 'boards/esp32/crypto-config.c'),
  ]);
  if ((status === 0) !== expected) throw new CheckFailure(`${defined.join(' ')}: ${status} ${output}`);
}
