// SPDX-License-Identifier: Apache-2.0

/** A PNE of a network with groups: what it keeps, what it had, and what it refused. */
import type { Credential, Identity } from '../handshake/credential.ts';
import type { LinkEvents } from '../link/link.ts';
import type { After } from '../link/timer.ts';
import { compactPayloads } from '../payload/compact.ts';
import type { ReasonName } from '../refusal.ts';
import type { MemoryMedium } from '../store/medium.testing.ts';
import { openStore } from './group-store.testing.ts';
import { PROVIDER as provider } from './identities.testing.ts';
import { staticDhInterface } from './interface.ts';
import type { GroupNotice } from './notice-message.ts';
import { createPne, type Pne } from './pne.ts';
import { createPneKeys, type PneKeys, type PneKeysOptions } from './pne-keys.ts';
import { type PneServices, withServices } from './pne-services.ts';
import { withUsers } from './pne-users.ts';

export interface GroupDevice {
  readonly id: string;
  medium: MemoryMedium;
  boot: number | undefined;
  pne: Pne;
  keys: PneKeys;
  /** The same, in a network with services. */
  services: PneServices;
  gateway: string;
  readonly contents: (readonly [number, unknown])[];
  readonly refusals: ReasonName[];
  readonly withheld: number[];
  /** What the server has told without being asked. */
  readonly notices: GroupNotice[];
  /** Whose its user key has become, and who was refused with what. */
  readonly users: string[];
  events: LinkEvents | undefined;
}

/** What a PNE has when it starts. */
export type Kept = Pick<GroupDevice, 'medium' | 'boot'>;

/** What a test changes of a PNE's keys. */
export type ChangeKeys = (options: PneKeysOptions, id: string, own: Identity) => PneKeysOptions;

export interface GroupDeviceOptions extends Kept {
  readonly id: string;
  readonly gateway: string;
  readonly own: Identity;
  readonly gateways: readonly Credential[];
  readonly server: Credential;
  readonly after: After;
  readonly change: ChangeKeys | undefined;
  readonly hasServices: boolean;
  readonly hasUsers: boolean;
}

export function createGroupDevice(options: GroupDeviceOptions): GroupDevice {
  const { id, gateway, own, medium, boot } = options;
  const nothing = { contents: [], refusals: [], withheld: [], notices: [], users: [], events: undefined };
  const device = { id, gateway, medium, boot, ...nothing } as unknown as GroupDevice;
  const root = provider.secret(new Uint8Array(32).fill(own.credential.cred.length + id.charCodeAt(4)));
  const keys: PneKeysOptions = {
    provider,
    store: openStore(provider, root, medium),
    onContent: (reference, _sender, value) => device.contents.push([reference, value]),
    onGroup(): void {},
    onWithheld: (reference) => device.withheld.push(reference),
  };
  device.keys = createPneKeys(options.change?.(keys, id, own) ?? keys);
  if (options.hasServices)
    device.keys = device.services = withServices(device.keys, (notice) => device.notices.push(notice));
  if (options.hasUsers)
    device.keys = withUsers(device.keys, {
      provider,
      onUser: (user) => device.users.push(user),
      onUserRefused: (user, status) => device.users.push(`${user} ${status}`),
    });
  device.pne = createPne({
    pneId: id,
    hop: staticDhInterface('pne', 'CPNS-1', provider, own, options.gateways),
    endToEnd: staticDhInterface('pne', 'CPNS-3', provider, own, [options.server]),
    after: options.after,
    payloads: compactPayloads,
    boots: {
      get epoch() {
        return device.boot;
      },
      write: (epoch) => {
        device.boot = epoch;
      },
    },
    keys: device.keys,
    onAgreed(): void {},
    onContent(): void {},
    onReceipt(): void {},
    onRefused: (reason) => device.refusals.push(reason),
  });
  return device;
}
