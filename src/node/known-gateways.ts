// SPDX-License-Identifier: Apache-2.0

/**
 * The gateways that a device on Node comes by: the one that it was made with, and the one that its PN is at, as its
 * server has told it (src/roles/service-notices.ts). Either has to prove its credential before anything passes.
 */
import { equalBytes } from '../bytes/compare.ts';
import { type Credential, type CredentialStore, ccsCredential } from '../handshake/credential.ts';
import type { DeviceFolder } from './device-folder.ts';
import { attempt } from './wishes.ts';

/** Where a gateway listens. */
export interface GatewayAddress {
  readonly host: string;
  readonly port: number;
}

export interface KnownGatewaysOptions {
  /** The one that the device was made with. */
  readonly made: GatewayAddress;
  readonly madeWith: CredentialStore;
  readonly folder: Pick<DeviceFolder, 'gateway'>;
  /** Where the gateway of this name listens; undefined: the device does not go there. */
  addressOf(gateway: string): GatewayAddress | undefined;
}

/** Where a device goes. */
export interface GatewayRoute {
  readonly next: GatewayAddress;
  /** Whoever is there has proved to be a gateway of the device. */
  agreed(): void;
  /** The link has ended, or there was none. */
  ended(): void;
}

export class KnownGateways implements GatewayRoute {
  private readonly options: KnownGatewaysOptions;
  private followed: Credential | undefined;
  /** Which of both is next. */
  private isAtMade = false;
  private hasAgreed = false;

  /** Where the kept credential is damaged the device has that of its making alone. */
  constructor(options: KnownGatewaysOptions) {
    this.options = options;
    this.followed = kept(options.folder);
  }

  /** Whom the device trusts on CPNS-1. */
  readonly peers: CredentialStore = {
    candidates: (idCred) => {
      const { followed } = this;
      const made = this.options.madeWith.candidates(idCred);
      return followed !== undefined && equalBytes(followed.idCred, idCred) ? [...made, followed] : made;
    },
  };

  /** Where to go now. */
  get next(): GatewayAddress {
    return (this.isAtMade ? undefined : this.placeOfFollowed()) ?? this.options.made;
  }

  agreed(): void {
    this.hasAgreed = true;
  }

  /** Where nobody was there, or not the one who was to be, the other is next. */
  ended(): void {
    if (!this.hasAgreed) this.isAtMade = !this.isAtMade;
    this.hasAgreed = false;
  }

  /** Its PN is at this gateway: it is the next, where the device may go there, also where the folder throws. */
  follow(credential: Credential): void {
    const { folder, madeWith, addressOf } = this.options;
    const isMade = isAmong(madeWith, credential);
    if (!isMade && addressOf(credential.subject ?? '') === undefined) return;
    this.followed = isMade ? undefined : credential;
    this.isAtMade = false;
    folder.gateway = this.followed?.cred;
  }

  private placeOfFollowed(): GatewayAddress | undefined {
    const { followed, options } = this;
    return followed && options.addressOf(followed.subject ?? '');
  }
}

function isAmong(known: CredentialStore, { idCred, cred }: Credential): boolean {
  return known.candidates(idCred).some((each) => equalBytes(each.cred, cred));
}

function kept({ gateway }: Pick<DeviceFolder, 'gateway'>): Credential | undefined {
  if (gateway === undefined) return undefined;
  const followed = attempt(() => ccsCredential(gateway));
  return followed.ok ? followed.value : undefined;
}
