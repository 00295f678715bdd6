// SPDX-License-Identifier: Apache-2.0

/** A content of a group, from its value to what a link carries, and back at another member. */
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import { parseContent } from '../../src/groups/content.ts';
import type { Membership } from '../../src/groups/epoch.ts';
import { Group } from '../../src/groups/group.ts';
import { Channel, encodeChannelMessage } from '../../src/link/channel.ts';
import type { PayloadCodec } from '../../src/payload/payload.ts';
import type { Session } from '../../src/session/session.ts';
import type { BenchOperation, OperationGroup } from './operation.ts';
import { openSession, READING } from './reading.ts';

const BOOT = 1;

export function groupOperations(provider: CryptoProvider, payloads: PayloadCodec): OperationGroup[] {
  return [() => contentOperations(provider, payloads)];
}

function contentOperations(provider: CryptoProvider, payloads: PayloadCodec): BenchOperation[] {
  const [member, other] = [memberOf(provider, 1), memberOf(provider, 2)];
  const [pne, gateway] = [openSession(provider, 0, 1, 1), openSession(provider, 1, 0, 1)];
  const toPayload = () => payloads.encode(READING);
  const toContent = (payload: Uint8Array) => member.seal(BOOT, payload);
  const fromOther = () => other.seal(BOOT, payload);
  const ofContent = (content: Uint8Array) => member.open(parseContent(content))!;
  const payload = toPayload();
  const bytes = payload.length;
  let sent: Uint8Array[] = [];
  const prepared = (make: () => Uint8Array) => (count: number) => {
    sent = Array.from({ length: count }, make);
  };
  return [
    { op: 'group.seal', bytes, run: () => toContent(payload) },
    { op: 'group.publish', bytes, run: () => toHop(pne, toContent(toPayload())) },
    { op: 'group.open', bytes, prepare: prepared(fromOther), run: (at) => ofContent(sent[at]!) },
    {
      op: 'group.receive',
      bytes,
      prepare: prepared(() => toHop(gateway, fromOther())),
      run: (at) => payloads.decode(ofContent(pne.unprotect(sent[at]!.subarray(1)).subarray(1))),
    },
  ];
}

function toHop(session: Session, content: Uint8Array): Uint8Array {
  const message = encodeChannelMessage(Channel.groupContent, content);
  return encodeChannelMessage(Channel.hopRecord, session.protect(message));
}

function memberOf(provider: CryptoProvider, sender: number): Group {
  const membership: Membership = { reference: 2, epoch: 1, sender, firstBoot: BOOT, signed: false };
  return new Group(provider, undefined, membership, provider.secret(new Uint8Array(16).fill(1)));
}
