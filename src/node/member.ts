// SPDX-License-Identifier: Apache-2.0

/**
 * The part of a device on Node that takes part in PNs and groups: it keeps their keys, asks for them and hears of them.
 */
import type { CryptoProvider } from '../crypto/provider.ts';
import { type Credential, ccsCredential } from '../handshake/credential.ts';
import { isPersonalNetwork } from '../keys/reference.ts';
import type { ReasonName } from '../refusal.ts';
import { createMemberSigning } from '../roles/member-signing.ts';
import type { GroupNotice } from '../roles/notice-message.ts';
import { createPneKeys, type PneKeys } from '../roles/pne-keys.ts';
import { type PneServices, withServices } from '../roles/pne-services.ts';
import { withUsers } from '../roles/pne-users.ts';
import type { Provisioned } from '../roles/provisioned.ts';
import { reasonOf } from '../roles/user-assignment.ts';
import type { DeviceFolder } from './device-folder.ts';
import { type DeviceGroups, deviceGroups } from './device-groups.ts';
import { type DeviceNetworks, deviceNetworks } from './device-networks.ts';
import { Joining } from './joining.ts';
import { type GatewayAddress, KnownGateways } from './known-gateways.ts';
import { attempt, Wishes } from './wishes.ts';

/** What another member of a PN or group has published. */
export interface GroupContent {
  readonly reference: number;
  /** The number of that member in it. */
  readonly sender: number;
  readonly value: unknown;
}

/** How it stands with a PN or group of the device. */
export interface DeviceNotice {
  readonly reference: number;
  readonly kind: 'network' | 'group';
  /** The id of the device that owns it. */
  readonly owner: string | undefined;
  /** Of a PN, where it is to be at one: its name, and its credential where the server has that. */
  readonly gateway: { readonly name: string; readonly credential: Credential | undefined } | undefined;
}

export interface MemberOptions {
  readonly folder: DeviceFolder;
  /** Called once for each while the process lives. */
  onGroupContent?(content: GroupContent): void;
  /** It has the key of a PN or group, or has it no more: it left, was removed or revoked, or that has ended. */
  onMember?(reference: number, isMember: boolean): void;
  /** The server says who owns a PN or group, or at which gateway a PN is: first in each run, then when it changes. */
  onNotice?(notice: DeviceNotice): void;
  /**
   * Its user key is this user's, who has shown at its gateway who he is. With it the device asks for him; one that was
   * his before it started is not told again.
   */
  onUser?(user: string): void;
  /** The server has answered that it is not to be, and why. */
  onUserRefused?(user: string, reason: ReasonName): void;
  /**
   * Where the gateway of this name listens. With it the device follows its PN to another gateway: once its server has
   * told it of that one it goes there, when the former lets it go, and over restarts; and nothing passes before that
   * gateway has proved the credential that the server told. `undefined`: it does not go there.
   */
  addressOf?(gateway: string): GatewayAddress | undefined;
  onRefused?(reason: ReasonName): void;
}

export interface Member {
  readonly keys: PneServices;
  readonly groups: DeviceGroups;
  readonly networks: DeviceNetworks;
  readonly gateways: KnownGateways;
  /** The PNE that the keys were given to is there. */
  begin(): void;
  close(): void;
}

export function openMember(
  provider: CryptoProvider,
  { hop, endToEnd, gatewayAddress, gatewayPort }: Provisioned,
  options: MemberOptions,
): Member {
  const { folder, onNotice, addressOf, onUser } = options;
  const gateways = new KnownGateways({
    ...{ folder, madeWith: hop.peers },
    made: { host: gatewayAddress, port: gatewayPort },
    addressOf: (name) => addressOf?.(name),
  });
  const pneKeys = createPneKeys({
    ...{ provider, store: folder.keys },
    signing: createMemberSigning(provider, endToEnd.identities[0]!.privateKey),
    onContent: (reference, sender, value) => options.onGroupContent?.({ reference, sender, value }),
    onGroup: (reference, membership) => joining.changed(reference, membership !== undefined),
    onWithheld: (reference) => joining.withheld(reference),
    onUnanswered: () => joining.unanswered(),
  });
  const ownKeys = onUser === undefined ? pneKeys : withUser(pneKeys, provider, onUser, options);
  const joining = new Joining(ownKeys, (reference, isMember) => options.onMember?.(reference, isMember));
  const hear = (notice: DeviceNotice) => {
    if (addressOf !== undefined) follow(gateways, notice, options);
    onNotice?.(notice);
  };
  const hears = onNotice !== undefined || addressOf !== undefined;
  const keys = withServices(ownKeys, hears ? (notice) => hear(readNotice(notice)) : undefined);
  const wishes = new Wishes(keys);
  return {
    ...{ keys, gateways },
    groups: deviceGroups(keys, wishes, joining),
    networks: deviceNetworks(wishes, joining),
    begin: () => joining.begin(),
    close(): void {
      wishes.close();
      joining.close();
    },
  };
}

function withUser(
  keys: PneKeys,
  provider: CryptoProvider,
  onUser: (user: string) => void,
  { onUserRefused }: MemberOptions,
): PneKeys {
  return withUsers(keys, {
    ...{ provider, onUser },
    onUserRefused: (user, status) => onUserRefused?.(user, reasonOf(status)),
  });
}

/** A credential that names another than the gateway it is said to be of is none. */
function readNotice({ reference, owner, gateway, credential }: GroupNotice): DeviceNotice {
  const kind = isPersonalNetwork(reference) ? 'network' : 'group';
  if (gateway === undefined) return { reference, kind, owner, gateway };
  const read = attempt(() => ccsCredential(credential));
  const own = read.ok && read.value.subject === gateway ? read.value : undefined;
  return { reference, kind, owner, gateway: { name: gateway, credential: own } };
}

/** What cannot be kept is followed in this run alone. */
function follow(gateways: KnownGateways, { gateway }: DeviceNotice, { onRefused }: MemberOptions): void {
  if (gateway?.credential === undefined) return;
  try {
    gateways.follow(gateway.credential);
  } catch {
    onRefused?.('storeFailed');
  }
}
