// SPDX-License-Identifier: Apache-2.0

/** What an image of a device is made of. The mains of this folder, `image-*.ts`, each say their parts and no more. */
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import type { CredentialStore, Identity } from '../../src/handshake/credential.ts';
import type { PnePayloads } from '../../src/payload/payload.ts';
import type { PneKeys, PneKeysOptions } from '../../src/roles/pne-keys.ts';
import type { Connections } from '../links/connect.ts';
import type { SelfTestFailure } from '../selftest/selftest.ts';

export interface Image {
  /** The kind of its link, for the console. */
  readonly link: 'serial' | 'stream' | 'ble';
  readonly connections: Connections;
  /** Called when the device starts: what they make lies in RAM. */
  openProvider(): CryptoProvider;
  openPayloads(): PnePayloads;
  /**
   * The keys of its PNE, in an image with room for more than createPneKeys (user.ts). Whom else it trusts than the
   * gateway that it was given is put in the place of `hop.peers`.
   */
  openKeys?(options: PneKeysOptions, hop: Hop): PneKeys;
  /** What it tests besides (firmware/selftest). */
  testMore?(provider: CryptoProvider): SelfTestFailure | undefined;
}

/** CPNS-1, as it is opened: of InterfaceOptions. */
export interface Hop {
  readonly identities: readonly Identity[];
  peers: CredentialStore;
}
