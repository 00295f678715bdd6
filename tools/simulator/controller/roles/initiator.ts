// SPDX-License-Identifier: Apache-2.0

/** Connecting to a device when it advertises. */
import type { RunningTimer } from '../../../../src/link/timer.ts';
import { type DeviceAddress, isSameAddress } from '../address.ts';
import { AdvertisingType, type Announcement, encodeAdvertisingPdu } from '../air/advertising-pdu.ts';
import { type Air, airtime, INTER_FRAME_SPACE, type Radio } from '../air/air.ts';
import { ErrorCode, refuseCommand } from '../errors.ts';
import type { LinkParameters } from '../link/owner.ts';
import type { AcceptList } from './accept-list.ts';

export interface ConnectionRequest {
  readonly own: DeviceAddress;
  /** undefined: any device of the accept list. */
  readonly peer: DeviceAddress | undefined;
  readonly interval: number;
  readonly latency: number;
  readonly timeout: number;
}

export class Initiator {
  private readonly air: Air;
  private readonly radio: Radio;
  private readonly acceptList: AcceptList;
  private readonly connect: (parameters: LinkParameters) => void;
  private request: ConnectionRequest | undefined;
  private timer: RunningTimer | undefined;

  constructor(air: Air, radio: Radio, acceptList: AcceptList, connect: (parameters: LinkParameters) => void) {
    this.air = air;
    this.radio = radio;
    this.acceptList = acceptList;
    this.connect = connect;
  }

  get isActive(): boolean {
    return this.request !== undefined;
  }

  start(request: ConnectionRequest): void {
    if (this.isActive) refuseCommand(ErrorCode.commandDisallowed);
    this.request = request;
  }

  /** Gives up waiting. A request that has left has left. */
  stop(): void {
    this.request = undefined;
  }

  reset(): void {
    this.stop();
    this.timer?.cancel();
  }

  onAnnouncement({ type, advertiser }: Announcement): void {
    const request = this.request;
    if (request === undefined || type !== AdvertisingType.connectable) return;
    const { own, peer, interval, latency, timeout } = request;
    const isChosen = peer === undefined ? this.acceptList.has(advertiser) : isSameAddress(peer, advertiser);
    if (!isChosen) return;
    this.request = undefined;
    const accessAddress = this.air.chooseAccessAddress();
    const parameters = { accessAddress, interval, latency, timeout };
    const pdu = encodeAdvertisingPdu({
      type: AdvertisingType.connect,
      initiator: own,
      advertiser,
      ...parameters,
    });
    this.timer = this.air.clock.after(INTER_FRAME_SPACE, () => {
      this.air.advertise(this.radio, pdu);
      this.timer = this.air.clock.after(airtime(pdu), () =>
        this.connect({ role: 'central', peer: advertiser, ...parameters }),
      );
    });
  }
}
