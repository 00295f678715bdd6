// SPDX-License-Identifier: Apache-2.0

import { Curve } from '../../src/crypto/curves.ts';
import type { CryptoProvider, PrivateKey } from '../../src/crypto/provider.ts';
import { ccsCredential, encodeCcs, type Identity } from '../../src/handshake/credential.ts';
import type { InterfaceName, RoleName } from '../../src/negotiation/policies.ts';
import { type InterfaceOptions, staticDhInterface } from '../../src/roles/interface.ts';
import type { KeyLimits, KeyWitness } from './cryptography.ts';
import type { Random } from './random.ts';
import { Life } from './timeline.ts';

export interface MemberOptions {
  readonly keys: KeyWitness;
  readonly random: Random;
  readonly limits: KeyLimits | undefined;
  readonly subject: string;
  readonly kid: number;
}

const PRIVATE_KEY_BYTES = 32;
/** Messages under one key until new ones are made, where its limits are low. */
const LOW_RENEWAL = 128;

/** Somebody in the network: a process, its cryptography, and who it proves to be. */
export class Member {
  readonly life: Life;
  readonly identity: Identity;
  private readonly options: MemberOptions;
  private readonly privateKey: Uint8Array;
  private readonly provider: CryptoProvider;

  /** With a name and a private key it is a copy. */
  constructor(
    options: MemberOptions,
    name = options.subject,
    privateKey = options.random.bytes(PRIVATE_KEY_BYTES),
  ) {
    this.options = options;
    this.privateKey = privateKey;
    this.life = new Life(name);
    this.provider = options.keys.provider(this.life, options.random.fork(), options.limits);
    const { subject, kid } = options;
    this.identity = identityOf(this.provider.privateKey(Curve.P256, privateKey), subject, kid);
  }

  /** Somebody else with the same identity. */
  copy(name: string): Member {
    return new Member(this.options, name, this.privateKey);
  }

  interfaceTo(peers: readonly Member[], role: RoleName, name: InterfaceName): InterfaceOptions {
    const credentials = peers.map(({ identity }) => identity.credential);
    const own = staticDhInterface(role, name, this.provider, this.identity, credentials);
    return this.options.limits === undefined ? own : { ...own, renewAfter: LOW_RENEWAL };
  }
}

/** Who is told by a kid of one byte. */
export function identityOf(privateKey: PrivateKey, subject: string, kid: number): Identity {
  const { curve, publicKey } = privateKey;
  return {
    privateKey,
    credential: ccsCredential(encodeCcs({ curve, publicKey, kid: Uint8Array.of(kid) }, subject)),
  };
}
