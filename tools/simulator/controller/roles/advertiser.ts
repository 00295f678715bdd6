// SPDX-License-Identifier: Apache-2.0

/** Advertising, and what it is answered with: requests to scan and to connect. */
import type { RunningTimer } from '../../../../src/link/timer.ts';
import { type DeviceAddress, isSameAddress } from '../address.ts';
import {
  AdvertisingType,
  type Announcement,
  type ConnectRequest,
  encodeAdvertisingPdu,
  type ScanRequest,
} from '../air/advertising-pdu.ts';
import { type Air, INTER_FRAME_SPACE, type Radio } from '../air/air.ts';
import { ErrorCode, refuseCommand } from '../errors.ts';

export interface AdvertisingParameters {
  /** In 0.625 ms. */
  readonly interval: number;
  readonly type: Announcement['type'];
  readonly ownAddressType: number;
}

const NOTHING: Uint8Array = new Uint8Array(0);
const DEFAULT_PARAMETERS: AdvertisingParameters = Object.freeze({
  interval: 0x800,
  type: AdvertisingType.connectable,
  ownAddressType: 0,
});
const INTERVAL_UNIT = 625;
/** Microseconds: advertisers are spread by a random delay of up to 10 ms. */
const SPREAD_STEP = 39;

export class Advertiser {
  private readonly air: Air;
  private readonly radio: Radio;
  private parameters = DEFAULT_PARAMETERS;
  private data: Uint8Array = NOTHING;
  private scanResponse: Uint8Array = NOTHING;
  private own: DeviceAddress | undefined;
  private timer: RunningTimer | undefined;

  constructor(air: Air, radio: Radio) {
    this.air = air;
    this.radio = radio;
  }

  get isActive(): boolean {
    return this.own !== undefined;
  }

  get ownAddressType(): number {
    return this.parameters.ownAddressType;
  }

  get isConnectable(): boolean {
    return this.parameters.type === AdvertisingType.connectable;
  }

  reset(): void {
    this.stop();
    this.parameters = DEFAULT_PARAMETERS;
    this.data = NOTHING;
    this.scanResponse = NOTHING;
  }

  setParameters(parameters: AdvertisingParameters): void {
    if (this.isActive) refuseCommand(ErrorCode.commandDisallowed);
    this.parameters = parameters;
  }

  setData(data: Uint8Array): void {
    this.data = data;
  }

  setScanResponse(data: Uint8Array): void {
    this.scanResponse = data;
  }

  start(own: DeviceAddress): void {
    if (this.isActive) return;
    this.own = own;
    this.event();
  }

  stop(): void {
    this.timer?.cancel();
    this.own = undefined;
  }

  onScanRequest({ advertiser }: ScanRequest): void {
    if (!this.isAddressed(advertiser) || this.parameters.type === AdvertisingType.nonConnectable) return;
    this.announce(AdvertisingType.scanResponse, this.scanResponse);
  }

  /** Returns whether a connection begins, with which advertising ends. */
  onConnectRequest({ advertiser }: ConnectRequest): boolean {
    if (!this.isAddressed(advertiser) || !this.isConnectable) return false;
    this.stop();
    return true;
  }

  private isAddressed(advertiser: DeviceAddress): boolean {
    return this.own !== undefined && isSameAddress(this.own, advertiser);
  }

  private event(): void {
    const spread = this.air.random(1)[0]! * SPREAD_STEP;
    this.timer = this.air.clock.after(this.parameters.interval * INTERVAL_UNIT + spread, () => this.event());
    this.announce(this.parameters.type, this.data);
  }

  private announce(type: Announcement['type'], data: Uint8Array): void {
    const pdu = encodeAdvertisingPdu({ type, advertiser: this.own!, data });
    this.air.clock.after(INTER_FRAME_SPACE, () => this.air.advertise(this.radio, pdu));
  }
}
