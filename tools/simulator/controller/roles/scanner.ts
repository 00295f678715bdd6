// SPDX-License-Identifier: Apache-2.0

/** Scanning: what others advertise becomes reports. */
import { type DeviceAddress, formatAddress, isSameAddress } from '../address.ts';
import { AdvertisingType, type Announcement, encodeAdvertisingPdu } from '../air/advertising-pdu.ts';
import { type Air, INTER_FRAME_SPACE, type Radio } from '../air/air.ts';
import { ErrorCode, refuseCommand } from '../errors.ts';
import type { AcceptList } from './accept-list.ts';

export interface ScanParameters {
  readonly isActive: boolean;
  readonly ownAddressType: number;
  readonly acceptListOnly: boolean;
}

const DEFAULT_PARAMETERS: ScanParameters = Object.freeze({
  isActive: false,
  ownAddressType: 0,
  acceptListOnly: false,
});
/** Devices that are remembered as reported. After so many, all may be reported again. */
const MAX_REMEMBERED = 256;

export class Scanner {
  private readonly air: Air;
  private readonly radio: Radio;
  private readonly acceptList: AcceptList;
  private readonly report: (announcement: Announcement) => void;
  private readonly reported = new Set<string>();
  private parameters = DEFAULT_PARAMETERS;
  private filtersDuplicates = false;
  private own: DeviceAddress | undefined;
  private asked: DeviceAddress | undefined;

  constructor(air: Air, radio: Radio, acceptList: AcceptList, report: (announcement: Announcement) => void) {
    this.air = air;
    this.radio = radio;
    this.acceptList = acceptList;
    this.report = report;
  }

  get isActive(): boolean {
    return this.own !== undefined;
  }

  get ownAddressType(): number {
    return this.parameters.ownAddressType;
  }

  reset(): void {
    this.stop();
    this.parameters = DEFAULT_PARAMETERS;
  }

  setParameters(parameters: ScanParameters): void {
    if (this.isActive) refuseCommand(ErrorCode.commandDisallowed);
    this.parameters = parameters;
  }

  start(own: DeviceAddress, filtersDuplicates: boolean): void {
    this.own = own;
    this.filtersDuplicates = filtersDuplicates;
    this.reported.clear();
  }

  stop(): void {
    this.own = undefined;
    this.asked = undefined;
  }

  onAnnouncement(announcement: Announcement): void {
    const { type, advertiser } = announcement;
    if (this.own === undefined) return;
    if (this.parameters.acceptListOnly && !this.acceptList.has(advertiser)) return;
    if (type === AdvertisingType.scanResponse && !this.takeAnswer(advertiser)) return;
    if (this.isKnown(announcement)) return;
    this.report(announcement);
    if (type === AdvertisingType.connectable || type === AdvertisingType.scannable) this.ask(advertiser);
  }

  private ask(advertiser: DeviceAddress): void {
    if (!this.parameters.isActive) return;
    this.asked = advertiser;
    const pdu = encodeAdvertisingPdu({ type: AdvertisingType.scanRequest, scanner: this.own!, advertiser });
    this.air.clock.after(INTER_FRAME_SPACE, () => this.air.advertise(this.radio, pdu));
  }

  private takeAnswer(advertiser: DeviceAddress): boolean {
    const isAsked = this.asked !== undefined && isSameAddress(this.asked, advertiser);
    if (isAsked) this.asked = undefined;
    return isAsked;
  }

  private isKnown({ type, advertiser }: Announcement): boolean {
    if (!this.filtersDuplicates) return false;
    const name = `${type} ${advertiser.type} ${formatAddress(advertiser.octets)}`;
    if (this.reported.has(name)) return true;
    if (this.reported.size >= MAX_REMEMBERED) this.reported.clear();
    this.reported.add(name);
    return false;
  }
}
