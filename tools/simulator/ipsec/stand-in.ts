// SPDX-License-Identifier: Apache-2.0

/**
 * A stand-in for IPsec: it says by VICI what strongSwan would say of an association between two addresses, and in the
 * kernel's words which policies force their packets through it. NOTHING IS ENCRYPTED BY IT. It is for the simulator and for
 * tests, on machines where there is no IPsec; who uses it says so.
 */
import { randomBytes } from 'node:crypto';
import { type Section, ViciServer } from './vici-server.ts';

export interface StandInEnd {
  readonly address: string;
  /** IKE identity. */
  readonly id: string;
  /** Where its VICI socket is to be. */
  readonly viciPath: string;
}

interface IkeSa {
  readonly spis: readonly [string, string];
  /** SPIs of the association: from the first end, and to it. */
  readonly child: readonly [string, string];
}

const spi = (bytes: number) => randomBytes(bytes).toString('hex');

/** The first end began the IKE_SA. */
export class StandIn {
  readonly daemons: readonly [ViciServer, ViciServer];
  hasPolicies = true;
  private readonly ends: readonly [StandInEnd, StandInEnd];
  private ike: IkeSa | undefined;

  constructor(first: StandInEnd, second: StandInEnd) {
    this.ends = [first, second];
    const daemonOf = (index: 0 | 1) => new ViciServer(this.ends[index].viciPath, () => this.listed(index));
    this.daemons = [daemonOf(0), daemonOf(1)];
  }

  async start(): Promise<void> {
    for (const daemon of this.daemons) await daemon.start();
  }

  async stop(): Promise<void> {
    for (const daemon of this.daemons) await daemon.stop();
  }

  /** An IKE_SA with one association, as if both had proved who they are. */
  establish(): void {
    this.ike = { spis: [spi(8), spi(8)], child: [spi(4), spi(4)] };
    this.say('ike-updown', 'child-updown');
  }

  /** New keys of the association. */
  rekeyChild(): void {
    if (this.ike !== undefined) this.ike = { ...this.ike, child: [spi(4), spi(4)] };
    this.say('child-rekey');
  }

  /** New keys of IKE: another IKE_SA has the association. */
  rekeyIke(): void {
    if (this.ike !== undefined) this.ike = { ...this.ike, spis: [spi(8), spi(8)] };
    this.say('ike-rekey');
  }

  removeIke(): void {
    this.ike = undefined;
    this.say('ike-updown');
  }

  /** As `ip -s xfrm policy` prints them at an end (iproute2 6.1). */
  policiesOf(index: 0 | 1): string {
    if (!this.hasPolicies) return '';
    const [own, other] = index === 0 ? this.ends : [this.ends[1], this.ends[0]];
    return policy('out', own.address, other.address) + policy('in', other.address, own.address);
  }

  private say(...events: string[]): void {
    for (const daemon of this.daemons) for (const event of events) daemon.say(event);
  }

  private listed(index: 0 | 1): readonly Section[] {
    const { ike } = this;
    if (ike === undefined) return [];
    const [own, other] = index === 0 ? this.ends : [this.ends[1], this.ends[0]];
    return [
      {
        'stand-in': {
          ...{ version: '2', state: 'ESTABLISHED' },
          ...{ 'local-host': own.address, 'local-id': own.id },
          ...{ 'remote-host': other.address, 'remote-id': other.id },
          ...(index === 0 && { initiator: 'yes' }),
          ...{ 'initiator-spi': ike.spis[0], 'responder-spi': ike.spis[1] },
          'child-sas': { 'stand-in-1': child(index, ike.child, own, other) },
        },
      },
    ];
  }
}

function child(index: 0 | 1, spis: readonly [string, string], own: StandInEnd, other: StandInEnd): Section {
  return {
    ...{ name: 'stand-in', reqid: '1', state: 'INSTALLED', mode: 'TRANSPORT', protocol: 'ESP' },
    ...{ 'spi-in': spis[1 - index]!, 'spi-out': spis[index]! },
    ...{ 'encr-alg': 'AES_GCM_16', 'encr-keysize': '128' },
    ...{ 'local-ts': [`${own.address}/32`], 'remote-ts': [`${other.address}/32`] },
  };
}

function policy(direction: 'in' | 'out', from: string, to: string): string {
  return [
    `src ${from}/32 dst ${to}/32 uid 0`,
    `\tdir ${direction} action allow index 1 priority 367231 ptype main share any flag  (0x00000000)`,
    '\ttmpl src 0.0.0.0 dst 0.0.0.0',
    '\t\tproto esp spi 0x00000000(0) reqid 1(0x00000001) mode transport',
    '\t\tlevel required share any ',
    '',
  ].join('\n');
}
