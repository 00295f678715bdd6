// SPDX-License-Identifier: Apache-2.0

/** What an image of a device is made of. The mains of this folder, `image-*.ts`, each say their parts and no more. */
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import type { PnePayloads } from '../../src/payload/payload.ts';
import type { createMemberSigning } from '../../src/roles/member-signing.ts';
import type { Connections } from '../links/connect.ts';
import type { SelfTestFailure } from '../selftest/selftest.ts';

export interface Image {
  /** The kind of its link, for the console. */
  readonly link: 'serial' | 'stream' | 'ble';
  readonly connections: Connections;
  /** Called when the device starts: what they make lies in RAM. */
  openProvider(): CryptoProvider;
  openPayloads(): PnePayloads;
  /** How contents of groups are signed and checked, in an image that has room for it. */
  readonly sign?: typeof createMemberSigning;
  /** What it tests besides (firmware/selftest). */
  testMore?(provider: CryptoProvider): SelfTestFailure | undefined;
}
