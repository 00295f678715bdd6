// SPDX-License-Identifier: Apache-2.0

/** What the PNEs of a run and their gateway send over the air, by PNE and by the stage it is in. */
import type { AirView } from '../../../src/node/page/state.ts';
import { Refusal } from '../../../src/refusal.ts';
import { formatAddress } from '../controller/address.ts';
import {
  AdvertisingType,
  type ConnectRequest,
  decodeAdvertisingPdu,
} from '../controller/air/advertising-pdu.ts';
import type { Flight } from '../controller/air/flight.ts';
import { isFull, isOfConnection } from '../controller/air/tap.ts';

/** In this order. */
export const AIR_STAGES = Object.freeze(['connecting and pairing', 'handshakes', 'readings'] as const);

export type AirStage = (typeof AIR_STAGES)[number];

export interface AirWatchOptions {
  nameOf(address: string): string;
  /** The gateway has asked a PNE for a connection. */
  onConnecting(pne: string): void;
}

interface Count {
  pdus: number;
  bytes: number;
}

/** A tap that changes nothing. */
export class AirWatch {
  private readonly options: AirWatchOptions;
  /** Addresses, by access address. */
  private readonly connections = new Map<number, string>();
  private readonly stages = new Map<string, AirStage>();
  private readonly counts = new Map<string, Map<AirStage, Count>>();

  constructor(options: AirWatchOptions) {
    this.options = options;
  }

  readonly tap = (flight: Flight): undefined => {
    if (isFull(flight)) this.count(flight);
    const request = isOfConnection(flight) ? undefined : connectRequest(flight.pdu);
    if (request !== undefined) this.connect(request);
  };

  /** Whose connection that is, while it is its newest. */
  addressOf(accessAddress: number): string | undefined {
    return this.connections.get(accessAddress);
  }

  enter(pne: string, stage: AirStage): void {
    this.stages.set(pne, stage);
  }

  of(pne: string): AirView[] {
    const counts = this.counts.get(pne);
    return AIR_STAGES.map((stage) => ({ stage, ...(counts?.get(stage) ?? { pdus: 0, bytes: 0 }) }));
  }

  private connect({ advertiser, accessAddress: own }: ConnectRequest): void {
    const address = formatAddress(advertiser.octets);
    for (const [accessAddress, other] of this.connections)
      if (other === address) this.connections.delete(accessAddress);
    this.connections.set(own, address);
    const pne = this.options.nameOf(address);
    this.enter(pne, AIR_STAGES[0]);
    this.options.onConnecting(pne);
  }

  private count({ accessAddress, pdu }: Flight): void {
    const address = this.connections.get(accessAddress);
    if (address === undefined) return;
    const pne = this.options.nameOf(address);
    const counts = this.counts.get(pne) ?? new Map<AirStage, Count>();
    this.counts.set(pne, counts);
    const stage = this.stages.get(pne) ?? AIR_STAGES[0];
    const { pdus, bytes } = counts.get(stage) ?? { pdus: 0, bytes: 0 };
    counts.set(stage, { pdus: pdus + 1, bytes: bytes + pdu.length });
  }
}

/** Others may send what is none. */
function connectRequest(pdu: Uint8Array): ConnectRequest | undefined {
  if ((pdu[0]! & 0x0f) !== AdvertisingType.connect) return undefined;
  try {
    const request = decodeAdvertisingPdu(pdu);
    return request.type === AdvertisingType.connect ? request : undefined;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
