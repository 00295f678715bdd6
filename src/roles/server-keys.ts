// SPDX-License-Identifier: Apache-2.0

/** Key management of a CPNS Server, as its owner and its server see it. What it does is in key-master.ts. */
import type { Asker } from '../authorization/service-access.ts';
import type { CryptoProvider, Secret } from '../crypto/provider.ts';
import type { Credential } from '../handshake/credential.ts';
import type { GroupKind } from '../keys/reference.ts';
import type { Link } from '../link/link.ts';
import type { After } from '../link/timer.ts';
import type { ReasonName } from '../refusal.ts';
import type { GroupRecord } from './group-record.ts';
import type { Agreement } from './interface.ts';
import type { KeyStore } from './key-store.ts';
import type { ServiceDesk } from './service-desk.ts';

/** What a PNE asks for itself. */
export type MembershipRequest = 'join' | 'leave';

/** One group that a PNE may send to, and as which sender. */
export interface GroupSeat {
  readonly reference: number;
  readonly sender: number;
}

export interface ServerKeysOptions {
  readonly provider: CryptoProvider;
  /** Of 32 bytes: all keys are derived of it. */
  readonly root: Secret;
  readonly store: KeyStore;
  /** The credential of a PNE: members of its groups whose contents are signed are told its key. */
  credentialOf(pneId: string): Credential | undefined;
  /** Whether a PNE gets what it asks for. */
  permits(pneId: string, request: MembershipRequest, group: GroupRecord): boolean;
  /** What PNEs ask for by messages (createServiceDesk), where the server takes that. */
  readonly services?: ServiceDesk;
  /** A group is as it says from now on; undefined: there is none with this reference any more. */
  onGroup(reference: number, record: GroupRecord | undefined): void;
  /** One more member is known to have the present key. */
  onHolder(reference: number, pneId: string): void;
}

/** What the server does for it. */
export interface ServerKeyHost {
  readonly after: After;
  random(): number;
  send(pneId: string, agreement: Agreement, message: Uint8Array): void;
  /** Where a PNE's newest verified message came from. */
  routeOf(pneId: string): { readonly gateway: Link; readonly flow: number } | undefined;
  /** Names of fields that a PNE has told in its present session. */
  fieldsOf(pneId: string): readonly string[];
  /** Who the gateway at the end of this link has proved to be. */
  gatewayName(gateway: Link): string | undefined;
  sendContent(gateway: Link, content: Uint8Array): void;
  /** That is all that a PNE may send to, at the gateway where it is. */
  onSeats(gateway: Link, pneId: string, seats: readonly GroupSeat[]): void;
  /** A gateway with members of a PN is to have its key: `wrap` returns that under another, nothing where it ended. */
  onPnKey(gateway: Link, reference: number, epoch: number, wrap: (above: Secret) => Uint8Array): void;
  onRefused(reason: ReasonName, pneId: string | undefined): void;
}

/** Calls back once it is stored, or with what it was refused for. */
export type Done = (refused: ReasonName | undefined) => void;

/** What is looked at in the moment that a switch is stored. */
export interface SwitchTerms {
  /** Who has asked for it; undefined: whoever administers. */
  readonly asker: Asker | undefined;
  /** Refuses a PN that is not to move. */
  check(network: GroupRecord): void;
}

export interface NewGroup {
  readonly kind: GroupKind;
  readonly name: string;
  readonly members: readonly string[];
  readonly owner?: string;
  readonly service?: string;
  readonly signed?: boolean;
}

/** What the server's owner does with it. */
export interface ServerKeys {
  readonly groups: readonly GroupRecord[];
  /** Members that are known to have the present key of a group. */
  holders(reference: number): string[];
  create(group: NewGroup, done?: (reference: number | undefined, refused?: ReasonName) => void): void;
  add(reference: number, pneId: string, done?: Done): void;
  remove(reference: number, pneId: string, done?: Done): void;
  transfer(reference: number, owner: string | undefined, done?: Done): void;
  /**
   * A PN moves to the PN GW of this name, which alone gets its new key; undefined: it may be at any again. Whether it
   * may, and is there, its caller has seen to, or sees to by `terms`.
   */
  switchGateway(reference: number, gateway: string | undefined, done?: Done, terms?: SwitchTerms): void;
  /** Makes its key anew. */
  rekey(reference: number, done?: Done): void;
  end(reference: number, done?: Done): void;
  /** Takes all keys from a PNE: its groups have new ones, whose former ones end at once. */
  revoke(pneId: string, done?: Done): void;
  /** A PNE that was revoked may have keys again. */
  reinstate(pneId: string, done?: Done): void;
  /** Another process has changed the store. */
  refresh(then?: () => void): void;
  /** Another process has changed the user key of a PNE. */
  refreshUser(pneId: string): void;
  bind(host: ServerKeyHost): BoundServerKeys;
}

/** What a server tells it. */
export interface BoundServerKeys {
  /** A message about keys, of a PNE that is registered in this session and boot. Refuses what it cannot take. */
  receive(pneId: string, agreement: Agreement, boot: number, message: Uint8Array): void;
  /** A content that came by this gateway and flow. Refuses one of whoever is not the member it names. */
  receiveContent(gateway: Link, flow: number, content: Uint8Array): void;
  /** The PNE is gone, and its keys in memory with it. */
  expel(pneId: string): void;
  /** The link of a gateway is gone. */
  leave(gateway: Link): void;
}
