// SPDX-License-Identifier: Apache-2.0

/**
 * A PNE's two interfaces, one inside the other: CPNS-1 with the gateway on the link, CPNS-3 with the CPNS
 * Server through the hop. The hop is secured anew on each link; CPNS-3 outlives it. A handshake that fails
 * closes the link, whichever it was: on the next one both ends start from what they know for sure.
 */
import type { Secret } from '../crypto/provider.ts';
import { PLAIN_STREAM } from '../link/attestation.ts';
import {
  Channel,
  decodeEndToEndMessage,
  decodeHopMessage,
  type EndToEndChannel,
  encodeChannelMessage,
  type HopChannel,
} from '../link/channel.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import type { After } from '../link/timer.ts';
import { type ReasonName, Refusal, refuse } from '../refusal.ts';
import { protectNested, unprotectNested } from '../session/nested.ts';
import { initiate } from './initiation.ts';
import type { Initiation } from './initiation-options.ts';
import type { Agreement, InterfaceOptions } from './interface.ts';
import type { Message } from './message.ts';

export interface PneInterfacesOptions {
  readonly hop: InterfaceOptions;
  readonly endToEnd: InterfaceOptions;
  readonly after: After;
  onAgreed(agreement: Agreement): void;
  onRefused(reason: ReasonName): void;
  /** Both interfaces are secured, at least one of them anew: messages pass. */
  onReady(): void;
  /** Returns what the server says in a verified record; undefined where it was received with that. */
  readonly decode: (bytes: Uint8Array) => Message | undefined;
  /** A message of the server. What it refuses is reported. */
  onMessage(message: Message): void;
  /** A content of a group, as the gateway passes it on. What it refuses is reported. */
  onContent(content: Uint8Array): void;
  /** The link is gone. */
  onLost(): void;
}

export interface PneInterfaces {
  /** Adopts a link; a former one is closed. Returns what the link shall call. */
  attach(link: Link): LinkEvents;
  /** Protects and sends a message to the server. Where that fails it is lost; what needs an answer repeats. */
  send(message: Uint8Array): void;
  /** The same of a content of a group, to the gateway. */
  sendContent(content: Uint8Array): void;
  /** The key of the handshake of CPNS-3 that keys are sent under, while it stands. */
  readonly wrappingKey: Secret | undefined;
  /** Ends the keys of CPNS-3 and runs its handshake anew. */
  renew(): void;
}

export function createPneInterfaces(options: PneInterfacesOptions): PneInterfaces {
  const ends = new PneEnds(options);
  return {
    attach: (link) => ends.attach(link),
    send: (message) => ends.send(message),
    sendContent: (content) => ends.sendContent(content),
    get wrappingKey() {
      return ends.wrappingKey;
    },
    renew: () => ends.renew(),
  };
}

/** One interface: what is agreed on, and the handshake that is to agree anew. */
interface End {
  agreement: Agreement | undefined;
  initiation: Initiation | undefined;
}

class PneEnds {
  private readonly options: PneInterfacesOptions;
  private readonly hop: End = { agreement: undefined, initiation: undefined };
  private readonly endToEnd: End = { agreement: undefined, initiation: undefined };
  private link: Link | undefined;

  /** Takes what is in a record of the hop and is no record that can be opened. */
  private readonly receiveOnHop: (held: Uint8Array) => void;

  constructor(options: PneInterfacesOptions) {
    this.options = options;
    this.receiveOnHop = (held) => {
      const { channel, body } = decodeEndToEndMessage(held);
      if (channel === Channel.groupContent) return this.options.onContent(body);
      if (channel !== Channel.endToEndHandshake) refuse('contextUnknown');
      this.endToEnd.initiation?.receive(body);
    };
  }

  attach(link: Link): LinkEvents {
    const former = this.link;
    if (former !== undefined) this.detach();
    former?.close();
    this.link = link;
    this.guard(() => this.startHop(link));
    return {
      onMessage: (message: Uint8Array) => {
        if (this.link === link) this.guard(() => this.receive(message));
      },
      onClosed: () => {
        if (this.link === link) this.detach();
      },
    };
  }

  send(message: Uint8Array): void {
    this.guard(() => this.sendRecords(message));
    this.guard(() => this.renewInTime());
  }

  sendContent(content: Uint8Array): void {
    this.guard(() => this.sendOnHop(Channel.groupContent, content));
    this.guard(() => this.renewInTime());
  }

  get wrappingKey(): Secret | undefined {
    return this.endToEnd.agreement?.channel.wrappingKey;
  }

  renew(): void {
    close(this.endToEnd);
    this.guard(() => this.startEndToEnd());
  }

  private guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.options.onRefused(error.reasonName);
      if (error.reasonName === 'keyLimitReached' || error.reasonName === 'sequenceExhausted')
        this.renewKeys();
    }
  }

  /**
   * Limits that end one interface's keys end the other's soon: both are renewed, the outer one first. More
   * refusals of the same kind, which an attacker may cause, leave the handshake under way alone.
   */
  private renewKeys(): void {
    close(this.endToEnd);
    if (this.link !== undefined && this.hop.initiation === undefined) this.startHop(this.link);
  }

  /** Makes new keys while the old still serve. What passes between the two is repeated if it is lost. */
  private renewInTime(): void {
    const { hop, endToEnd, link } = this;
    if (link !== undefined && hop.agreement?.channel.renewalDue && hop.initiation === undefined) {
      this.startHop(link);
    } else if (endToEnd.agreement?.channel.renewalDue && endToEnd.initiation === undefined) {
      this.startEndToEnd();
    }
  }

  private startHop(link: Link): void {
    this.hop.initiation = initiate({
      own: this.options.hop,
      attestation: () => link.attestation(),
      after: this.options.after,
      send: (message) => this.sendOnLink(Channel.hopHandshake, message),
      onAgreed: (agreement) => {
        this.agree(this.hop, agreement);
        if (this.endToEnd.agreement === undefined) this.startEndToEnd();
        else this.options.onReady();
      },
      onFailed: () => link.close(),
      onRefused: this.options.onRefused,
    });
  }

  private startEndToEnd(): void {
    if (this.hop.agreement === undefined) return;
    this.endToEnd.initiation?.stop();
    this.endToEnd.initiation = initiate({
      own: this.options.endToEnd,
      attestation: () => PLAIN_STREAM,
      after: this.options.after,
      send: (message) => this.sendHandshake(message),
      onAgreed: (agreement) => {
        this.agree(this.endToEnd, agreement);
        this.options.onReady();
      },
      onFailed: () => this.link?.close(),
      onRefused: this.options.onRefused,
    });
  }

  private agree(end: End, agreement: Agreement): void {
    end.initiation = undefined;
    close(end);
    end.agreement = agreement;
    if (end === this.hop) this.link?.proved?.();
    this.options.onAgreed(agreement);
  }

  private sendOnLink(channel: HopChannel, body: Uint8Array): void {
    this.guard(() => this.link?.send(encodeChannelMessage(channel, body)));
  }

  private sendHandshake(body: Uint8Array): void {
    this.guard(() => this.sendOnHop(Channel.endToEndHandshake, body));
  }

  private sendOnHop(channel: EndToEndChannel, body: Uint8Array): void {
    const { agreement } = this.hop;
    if (agreement === undefined) return;
    this.sendOnLink(Channel.hopRecord, agreement.channel.protect(encodeChannelMessage(channel, body)));
  }

  private sendRecords(message: Uint8Array): void {
    const hop = this.hop.agreement?.channel;
    const endToEnd = this.endToEnd.agreement?.channel;
    if (hop === undefined || endToEnd === undefined) return;
    this.link?.send(protectNested(hop, Channel.hopRecord, endToEnd, Channel.endToEndRecord, message));
  }

  private receive(message: Uint8Array): void {
    if (message[0] !== Channel.hopRecord || message.length === 1) return this.receiveHandshake(message);
    const hop = (this.hop.agreement ?? refuse('contextUnknown')).channel;
    const endToEnd = this.endToEnd.agreement?.channel;
    const { decode } = this.options;
    const received = unprotectNested(
      hop,
      message,
      endToEnd,
      Channel.endToEndRecord,
      decode,
      this.receiveOnHop,
    );
    if (received !== undefined) this.options.onMessage(received);
  }

  private receiveHandshake(message: Uint8Array): void {
    this.hop.initiation?.receive(decodeHopMessage(message).body);
  }

  private detach(): void {
    for (const end of [this.hop, this.endToEnd]) {
      end.initiation?.stop();
      end.initiation = undefined;
    }
    close(this.hop);
    this.link = undefined;
    this.options.onLost();
  }
}

function close(end: End): void {
  end.agreement?.channel.close();
  end.agreement = undefined;
}
