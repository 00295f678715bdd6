// SPDX-License-Identifier: Apache-2.0

/** Test code: the gate over a stack that says whatever the test has it say. */
import { EventEmitter } from 'node:events';
import type { Connection, PairingFeatures } from 'ble-host';
import { Bonds } from './bonds.ts';
import { Gate, type GateOptions } from './gate.ts';
import { memoryStore } from './memory-store.testing.ts';

/** As a pairing gives it. */
export const KEY = { rspLtk: Buffer.alloc(16, 7) };
export const PEER = { addressType: 'random', address: 'C0:00:00:00:00:09' } as const;
interface Scene {
  readonly authenticated?: boolean;
  readonly bonds?: Bonds;
  readonly hasLtk?: boolean;
  readonly bondsCount?: GateOptions['bondsCount'];
}

export function scene({
  authenticated = true,
  bonds = new Bonds(memoryStore(), 4),
  hasLtk = false,
  bondsCount = 'paired',
}: Scene) {
  const did: string[] = [];
  const answers: { type?: (passkey: number) => void; compare?: (isSame: boolean) => void } = {};
  const smp = Object.assign(new EventEmitter(), {
    hasLtk,
    startEncryption: () => did.push('encrypt'),
    sendPairingRequest: (features: PairingFeatures) => did.push(`pair ${features.mitm} ${features.sc}`),
    sendPairingFailed: (reason: number) => did.push(`failed ${reason}`),
  });
  const connection = Object.assign(new EventEmitter(), {
    peerAddressType: PEER.addressType,
    peerAddress: PEER.address,
    smp,
    disconnect: (reason: number) => did.push(`disconnect ${reason}`),
  });
  const gate = new Gate({
    connection: connection as unknown as Connection,
    bonds,
    demand: { authenticated },
    ioCapabilities: 4,
    bondsCount,
    onSecured: ({ authenticated: mitm, bonded }) => did.push(`secured ${mitm} ${bonded}`),
    onRefused: (reason) => did.push(`refused ${reason}`),
    user: {
      showPasskey: (passkey) => did.push(`show ${passkey}`),
      typePasskey: (answer) => {
        answers.type = answer;
      },
      compare: (_, answer) => {
        answers.compare = answer;
      },
    },
  });
  const request = () => smp.emit('pairingRequest', {}, () => did.push('accepted'));
  return { gate, smp, did, answers, bonds, request };
}

export function bonded(authenticated: boolean): Bonds {
  const bonds = new Bonds(memoryStore(), 4);
  bonds.add({ ...PEER, authenticated }, KEY.rspLtk);
  return bonds;
}

export function fail(): never {
  throw new Error('no space left on the device');
}
