// SPDX-License-Identifier: Apache-2.0

/**
 * A new key for a group, at the server: what it stores, derives and wraps, and the messages for all members that are
 * there, before CPNS-3 protects them. `bytes` are those of all messages together.
 */
import type { BenchOperation } from '../../firmware/bench/operation.ts';
import type { CryptoProvider, Secret } from '../../src/crypto/provider.ts';
import { ROOT_KEY_BYTES } from '../../src/keys/hierarchy.ts';
import { proofOf, unwrapKey } from '../../src/keys/wrapping.ts';
import type { Agreement } from '../../src/roles/interface.ts';
import { createServerKeys } from '../../src/roles/key-master.ts';
import { decodeToPne, encodeProof, encodeRequest, KeyMessageType } from '../../src/roles/key-message.ts';
import { createMemoryKeyStore } from '../../src/roles/key-store.ts';
import type { BoundServerKeys, ServerKeys } from '../../src/roles/server-keys.ts';

const MEMBERS = [10, 100, 1000];
const REFERENCE = 2;
const BOOT = 1;
/** Of one message: what a member that is there is told of a new key. */
const MAX_BYTES = 32;

export function rekeyOperations(provider: CryptoProvider): BenchOperation[] {
  return MEMBERS.map((count) => rekeyOperation(provider, count));
}

function rekeyOperation(provider: CryptoProvider, count: number): BenchOperation {
  let group: Group | undefined;
  const opened = () => {
    group ??= new Group(provider, count);
    return group;
  };
  return {
    op: `server.rekey.${count}`,
    // Of the epochs from 24 to 255: a figure has few re-keys.
    get bytes() {
      return opened().messageBytes();
    },
    run: () => opened().rekey(),
  };
}

/** A group whose members have all proved their keys once. */
class Group {
  private readonly provider: CryptoProvider;
  private readonly wrappingKey: Secret;
  private readonly agreement: Agreement;
  private readonly keys: ServerKeys;
  private readonly bound: BoundServerKeys;
  private readonly userKeys = new Map<string, Secret>();
  private readonly count: number;
  private messages = 0;
  private bytes = 0;
  private isListening = true;

  constructor(provider: CryptoProvider, count: number) {
    this.provider = provider;
    this.count = count;
    this.wrappingKey = provider.secret(new Uint8Array(16).fill(1));
    this.agreement = { channel: { wrappingKey: this.wrappingKey } } as unknown as Agreement;
    this.keys = createServerKeys({
      provider,
      root: provider.secret(new Uint8Array(ROOT_KEY_BYTES).fill(2)),
      store: createMemoryKeyStore(),
      credentialOf: () => undefined,
      permits: () => false,
      onGroup(): void {},
      onHolder(): void {},
    });
    this.bound = this.keys.bind({
      after: () => ({ cancel(): void {} }),
      random: () => 0,
      send: (pneId, _agreement, message) => this.take(pneId, message),
      routeOf: () => undefined,
      gatewayName: () => undefined,
      fieldsOf: () => [],
      sendContent(): void {},
      onSeats(): void {},
      onPnKey(): void {},
      onRefused: (reason) => {
        throw new Error(reason);
      },
    });
    this.fill();
  }

  rekey(): void {
    this.messages = 0;
    this.bytes = 0;
    this.keys.rekey(REFERENCE);
  }

  messageBytes(): number {
    for (let round = 0; round < 24; round++) this.rekey();
    if (this.messages !== this.count) throw new Error(`${this.messages} messages for ${this.count} members`);
    if (this.bytes > MAX_BYTES * this.count) throw new Error(`${this.bytes} bytes for ${this.count} members`);
    return this.bytes;
  }

  private fill(): void {
    const members = Array.from({ length: this.count }, (_, at) => `pne-${at}`);
    for (const pneId of members) this.receive(pneId, encodeRequest([]));
    this.keys.create({ kind: 'service', name: 'all', members });
    if (this.keys.holders(REFERENCE).length !== this.count) throw new Error('not every member has the key');
    this.isListening = false;
  }

  private receive(pneId: string, message: Uint8Array): void {
    this.bound.receive(pneId, this.agreement, BOOT, message);
  }

  /** Once as a member would, which proves what it was given. */
  private take(pneId: string, bytes: Uint8Array): void {
    this.messages += 1;
    this.bytes += bytes.length;
    if (!this.isListening) return;
    const message = decodeToPne(bytes);
    if (message.type !== KeyMessageType.update) return;
    const { reference, epoch, wrapped } = message;
    const above = reference === 0 ? this.wrappingKey : this.userKeys.get(pneId)!;
    const key = unwrapKey(this.provider, above, reference, epoch, wrapped);
    if (reference === 0) this.userKeys.set(pneId, key);
    this.receive(
      pneId,
      encodeProof({ reference, epoch, proof: proofOf(this.provider, key, reference, epoch) }),
    );
  }
}
