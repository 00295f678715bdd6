// SPDX-License-Identifier: Apache-2.0

/**
 * Key management of a CPNS Server: user keys, and groups with their members. Whatever changes is stored first; then
 * each PNE is told what it is to know (key-peer.ts), and its gateway who may send what.
 */
import { USER_KEY } from '../keys/reference.ts';
import type { Link } from '../link/link.ts';
import { type ReasonName, Refusal, refuse } from '../refusal.ts';
import { GatewayNotices } from './gateway-notices.ts';
import { GroupChanges } from './group-changes.ts';
import { ServerGroup } from './group-key.ts';
import type { GroupRecord, Rekeying } from './group-record.ts';
import { relayContent } from './group-relay.ts';
import type { Agreement } from './interface.ts';
import { KeyLedger } from './key-ledger.ts';
import {
  decodeToServer,
  encodeProof,
  encodeRevocation,
  type HeldKey,
  type KeyMessageToServer,
  KeyMessageType,
  MembershipOperation,
} from './key-message.ts';
import { KeyPeer } from './key-peer.ts';
import { groupsBehind, userEpochIn } from './later-epochs.ts';
import type {
  BoundServerKeys,
  Done,
  NewGroup,
  ServerKeyHost,
  ServerKeys,
  ServerKeysOptions,
} from './server-keys.ts';
import { tellSigner } from './signer-keys.ts';
import { Status } from './status.ts';

export function createServerKeys(options: ServerKeysOptions): ServerKeys {
  return new KeyMaster(options);
}

class KeyMaster implements ServerKeys, BoundServerKeys {
  private readonly options: ServerKeysOptions;
  private readonly byReference = new Map<number, ServerGroup>();
  private readonly peers = new Map<string, KeyPeer>();
  private notices!: GatewayNotices;
  private ledger!: KeyLedger;
  private changes!: GroupChanges;
  private host!: ServerKeyHost;

  constructor(options: ServerKeysOptions) {
    this.options = options;
  }

  get groups(): readonly GroupRecord[] {
    return [...this.byReference.values()].map(({ record }) => record);
  }

  holders(reference: number): string[] {
    const group = this.byReference.get(reference);
    const epoch = group?.record.key.epoch;
    const ids = [...(group?.members.keys() ?? [])];
    return ids.filter((pneId) => this.peers.get(pneId)?.epochOf(reference) === epoch);
  }

  bind(host: ServerKeyHost): BoundServerKeys {
    this.host = host;
    this.ledger = new KeyLedger({
      store: this.options.store,
      after: host.after,
      onGroups: (changed, ended) => this.adopt(changed, ended),
      onUser: (pneId, record) => this.peers.get(pneId)?.setUser(record),
      onFailed: () => host.onRefused('storeFailed', undefined),
    });
    const rekeying: Rekeying = {
      fillRandom: this.options.provider.fillRandom,
      bootOf: (pneId) => this.peers.get(pneId)?.boot,
    };
    this.changes = new GroupChanges(this.ledger, rekeying);
    this.options.services?.bind({
      ...{ ...host, rekeying },
      pneIds: () => this.peers.keys(),
      groups: () => this.groups,
      isKnown: (pneId) => this.options.credentialOf(pneId) !== undefined,
      change: (...of) => this.changes.changeFor(...of),
    });
    this.notices = new GatewayNotices(host, this.byReference);
    this.ledger.start();
    return this;
  }

  create(group: NewGroup, done?: (reference: number | undefined, refused?: ReasonName) => void): void {
    this.changes.create(group, done);
  }

  add(reference: number, pneId: string, done?: Done): void {
    this.changes.add(reference, pneId, done);
  }

  remove(reference: number, pneId: string, done?: Done): void {
    this.changes.remove(reference, pneId, done);
  }

  transfer(reference: number, owner: string | undefined, done?: Done): void {
    this.changes.transfer(reference, owner, done);
  }

  switchGateway(...of: Parameters<ServerKeys['switchGateway']>): void {
    this.changes.switchGateway(...of);
  }

  rekey(reference: number, done?: Done): void {
    this.changes.rekey(reference, done);
  }

  end(reference: number, done?: Done): void {
    this.changes.end(reference, done);
  }

  revoke(pneId: string, done?: Done): void {
    this.changes.revoke(pneId, done);
  }

  reinstate(pneId: string, done?: Done): void {
    this.changes.reinstate(pneId, done);
  }

  refresh(then?: () => void): void {
    this.ledger.refresh(then);
  }

  refreshUser(pneId: string): void {
    this.ledger.refreshUser(pneId, () => this.syncPeer(pneId));
  }

  receive(pneId: string, agreement: Agreement, boot: number, bytes: Uint8Array): void {
    const { services, credentialOf } = this.options;
    const isService = bytes[1] === KeyMessageType.serviceRequest || bytes[1] === KeyMessageType.notice;
    if (isService) return (services ?? refuse('messageInvalid')).receive(pneId, agreement, bytes);
    const isSigner = bytes[1] === KeyMessageType.signerRequest;
    const message = isSigner ? undefined : decodeToServer(bytes);
    if (message?.type === KeyMessageType.request) return this.begin(pneId, agreement, boot, message.held);
    const peer = this.peers.get(pneId) ?? refuse('stateInvalid');
    if (message === undefined) return tellSigner(peer, pneId, bytes, this.byReference, credentialOf);
    if (message.type === KeyMessageType.membership) return this.decide(peer, pneId, message);
    const { reference, epoch, proof } = message;
    const isHolder = peer.prove(reference, epoch, proof, this.byReference.get(reference));
    this.sync(pneId, peer);
    if (isHolder) this.options.onHolder(reference, pneId);
  }

  receiveContent(gateway: Link, flow: number, bytes: Uint8Array): void {
    relayContent(this.host, this.byReference, { gateway, flow }, bytes);
  }

  expel(pneId: string): void {
    this.peers.get(pneId)?.close();
    this.peers.delete(pneId);
    this.notices.forget(pneId);
    this.options.services?.forget(pneId);
    this.ledger.forgetUser(pneId);
  }

  leave(gateway: Link): void {
    this.notices.leave(gateway);
  }

  private begin(pneId: string, agreement: Agreement, boot: number, held: readonly HeldKey[]): void {
    this.ledger.withUser(pneId, () => {
      const peer = this.peerOf(pneId);
      peer.begin(agreement, boot, held);
      this.guard(pneId, () => this.welcome(pneId, peer, boot, held));
    });
  }

  private welcome(pneId: string, peer: KeyPeer, boot: number, held: readonly HeldKey[]): void {
    const known = this.ledger.userOf(pneId);
    const epoch = known?.epoch ?? 0;
    if (known !== undefined) peer.setUser(known);
    const ahead = userEpochIn(held, epoch);
    if (known === undefined || ahead > epoch) this.assign(pneId, ahead);
    for (const [reference, above] of groupsBehind(pneId, boot, held, this.byReference)) {
      this.host.onRefused('storeBehind', pneId);
      this.changes.rekeyAbove(reference, above, this.reporting(pneId));
    }
    const isAnswered = !this.sync(pneId, peer);
    this.notices.tell(pneId);
    if (!isAnswered) peer.tell(encodeProof({ reference: USER_KEY, epoch, proof: new Uint8Array(0) }));
  }

  /** The user key of a PNE is made when it first asks. */
  private assign(pneId: string, ahead: number): void {
    this.changes.assign(
      pneId,
      ahead,
      this.reporting(pneId, () => this.syncPeer(pneId)),
    );
  }

  private decide(
    peer: KeyPeer,
    pneId: string,
    { operation, reference }: Extract<KeyMessageToServer, { type: typeof KeyMessageType.membership }>,
  ): void {
    const group = this.byReference.get(reference);
    const request = operation === MembershipOperation.join ? 'join' : 'leave';
    const deny = () => {
      peer.tell(encodeRevocation({ reference, epoch: 0, status: Status.notAuthorized }));
      this.host.onRefused('keyWithheld', pneId);
    };
    if (group === undefined || !this.options.permits(pneId, request, group.record)) return deny();
    if (request === 'leave') {
      const { epoch } = group.record.key;
      const tell = () => peer.tell(encodeRevocation({ reference, epoch, status: Status.ok }));
      return this.remove(reference, pneId, this.reporting(pneId, tell));
    }
    peer.forget(reference);
    if (group.members.has(pneId)) this.sync(pneId, peer);
    else {
      const report = this.reporting(pneId);
      this.changes.join(reference, pneId, (refused) =>
        refused === 'notAuthorized' ? deny() : report(refused),
      );
    }
  }

  /** Of a change that a PNE has caused: `then` is called once it is stored. */
  private reporting(pneId: string, then?: () => void): Done {
    return (refused) => (refused === undefined ? then?.() : this.host.onRefused(refused, pneId));
  }

  /** They are stored. */
  private adopt(changed: readonly GroupRecord[], ended: readonly GroupRecord[]): void {
    const { provider, root, onGroup } = this.options;
    const concerned = new Set<string>();
    for (const { reference } of [...changed, ...ended]) {
      const former = this.byReference.get(reference);
      for (const pneId of former?.members.keys() ?? []) concerned.add(pneId);
      former?.close();
      this.byReference.delete(reference);
    }
    for (const record of changed) {
      const group = new ServerGroup(provider, root, record);
      this.byReference.set(record.reference, group);
      for (const pneId of group.members.keys()) concerned.add(pneId);
      if (record.owner !== undefined) concerned.add(record.owner);
    }
    for (const record of ended) this.notices.ended(record);
    for (const record of changed) this.notices.moved(record);
    // Told by the gateway that it may have left, which learns of that behind it.
    for (const pneId of concerned) this.syncPeer(pneId);
    for (const record of changed) onGroup(record.reference, record);
    for (const { reference } of ended) onGroup(reference, undefined);
  }

  private syncPeer(pneId: string): void {
    const peer = this.peers.get(pneId);
    if (peer === undefined) return;
    this.notices.tell(pneId);
    this.sync(pneId, peer);
    this.options.services?.tell(pneId);
  }

  private sync(pneId: string, peer: KeyPeer): boolean {
    let isQuiet = false;
    this.guard(pneId, () => {
      isQuiet = peer.sync(this.byReference.values());
    });
    return isQuiet;
  }

  private guard(pneId: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.host.onRefused(error.reasonName, pneId);
    }
  }

  private peerOf(pneId: string): KeyPeer {
    const known = this.peers.get(pneId);
    if (known !== undefined) return known;
    const { host } = this;
    const { provider, root } = this.options;
    const peer = new KeyPeer({
      ...{ ...host, pneId, provider, root },
      send: (agreement, message) => host.send(pneId, agreement, message),
    });
    this.peers.set(pneId, peer);
    return peer;
  }
}
