// SPDX-License-Identifier: Apache-2.0

import type { CryptoProvider } from '../../../src/crypto/provider.ts';
/** A PNE in this process, the role itself, whose link to a gateway somebody holds: an attacker, or a victim of one. */
import type { Credential, Identity } from '../../../src/handshake/credential.ts';
import type { Link, LinkEvents } from '../../../src/link/link.ts';
import { after } from '../../../src/node/timer.ts';
import { compactPayloads } from '../../../src/payload/compact.ts';
import type { ReasonName } from '../../../src/refusal.ts';
import { type Agreement, type InterfaceOptions, staticDhInterface } from '../../../src/roles/interface.ts';
import { createPne, type Pne } from '../../../src/roles/pne.ts';
import { LinkTap } from './tap.ts';

export interface ProbeOptions {
  readonly provider: CryptoProvider;
  readonly identity: Identity;
  readonly gateway: Credential;
  readonly server: Credential;
  /** What its store says of its boots: nothing, unless given. */
  readonly epoch?: number;
  /** It stores that it has begun this one. */
  onBoot?(epoch: number): void;
  /** What it brings to CPNS-1 besides. */
  readonly hop?: Partial<InterfaceOptions>;
  readonly endToEnd?: Partial<InterfaceOptions>;
}

export class Probe {
  /** On its link. */
  readonly tap = new LinkTap();
  readonly pne: Pne;
  readonly refusals: ReasonName[] = [];
  readonly agreements: Agreement[] = [];
  /** Whether it has lost its link. */
  isClosed = false;
  private link: Link | undefined;

  constructor(options: ProbeOptions) {
    const { provider, identity, gateway, server } = options;
    this.pne = createPne({
      pneId: identity.credential.subject!,
      hop: { ...staticDhInterface('pne', 'CPNS-1', provider, identity, [gateway]), ...options.hop },
      endToEnd: { ...staticDhInterface('pne', 'CPNS-3', provider, identity, [server]), ...options.endToEnd },
      after,
      payloads: compactPayloads,
      boots: { epoch: options.epoch, write: (epoch) => options.onBoot?.(epoch) },
      onAgreed: (agreement) => this.agreements.push(agreement),
      onContent(): void {},
      onReceipt(): void {},
      onRefused: (reason) => this.refusals.push(reason),
    });
  }

  /** Adopts a link to its gateway. */
  attach(link: Link): LinkEvents {
    this.link = link;
    const { onMessage, onClosed } = this.tap.between(link, (tapped) => this.pne.attach(tapped));
    return {
      onMessage,
      onClosed: () => {
        this.isClosed = true;
        onClosed();
      },
    };
  }

  hasAgreed(name: string): boolean {
    return this.agreements.some((agreement) => agreement.name === name);
  }

  close(): void {
    this.link?.close();
  }
}
