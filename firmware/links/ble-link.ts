// SPDX-License-Identifier: Apache-2.0

/**
 * CPNS-1 over Bluetooth LE on the PNE's side. The PNE advertises; a link is there when a central's
 * connection is secured as was demanded and the central has subscribed. Nothing of a central is heard before.
 */
import { ImplementationLimits } from '../../src/limits.ts';
import { type BleDemand, type BleSecurity, bleAttestation, meetsDemand } from '../../src/link/ble.ts';
import { Fragmenter } from '../../src/link/fragmenter.ts';
import type { Link, LinkEvents } from '../../src/link/link.ts';
import { Reassembler } from '../../src/link/reassembler.ts';
import type { After, RunningTimer } from '../../src/link/timer.ts';
import { Refusal, refuse } from '../../src/refusal.ts';
import type { Central, IoCapabilities, OpenPeripheral, PeripheralEvents } from '../platform/peripheral.ts';
import type { Connect } from './connect.ts';

export interface BleOptions {
  readonly open: OpenPeripheral;
  readonly after: After;
  readonly ioCapabilities: IoCapabilities;
  readonly demand: BleDemand;
  /** What the board asks of who stands in front of it. */
  readonly user: Pick<PeripheralEvents, 'onPasskey' | 'onCompare' | 'onTypePasskey'>;
}

const ADVERTISED_NAME = 'PNE';
/**
 * `notify` does not say when a value has left, and the stack's buffers are few: so many at once, and so
 * many more each time. What it has no buffer for waits for the next time, and all that comes after it.
 * 15 ms is the connection interval that a gateway asks for.
 */
const BURST = 8;
const REFILL = 4;
const REFILL_MS = 15;

/** Opens the board's peripheral. Each call of what it returns waits for the next central. */
export function overBle(options: BleOptions): Connect {
  const connections = new Map<Central, Connection>();
  let wanted: ((link: Link) => LinkEvents) | undefined;

  options.open({
    name: ADVERTISED_NAME,
    ioCapabilities: options.ioCapabilities,
    authenticate: options.demand.authenticated,
    events: {
      ...options.user,
      onConnected(central): void {
        connections.set(central, new Connection(options, central));
      },
      onSecured(central, security): void {
        connections.get(central)?.secure(security);
        offer();
      },
      onSubscribed(central): void {
        connections.get(central)?.subscribe();
        offer();
      },
      onUnsubscribed: (central) => connections.get(central)?.close(),
      onValue: (central, value) => connections.get(central)?.receive(value),
      onDisconnected(central): void {
        const connection = connections.get(central);
        connections.delete(central);
        connection?.leave();
      },
    },
  });

  function offer(): void {
    for (const connection of connections.values()) {
      if (wanted === undefined) return;
      if (connection.open(wanted)) wanted = undefined;
    }
  }

  return (onLink) => {
    wanted = onLink;
    offer();
  };
}

/** A central, and the link it becomes. */
class Connection {
  private readonly options: BleOptions;
  private readonly central: Central;
  private readonly fragmenter = new Fragmenter();
  private readonly reassembler: Reassembler;
  private readonly securing: RunningTimer;
  private security: BleSecurity | undefined;
  private isSubscribed = false;
  private isOver = false;
  private isProved = false;
  private events: LinkEvents | undefined;
  private room = BURST;
  /** A fragment that the stack did not take, and for how long it has taken none. */
  private held: Uint8Array | undefined;
  private stalledMs = 0;
  private refill: RunningTimer | undefined;

  constructor(options: BleOptions, central: Central) {
    const { after } = options;
    this.options = options;
    this.central = central;
    this.reassembler = new Reassembler(after, (message) => this.events?.onMessage(message));
    this.securing = after(ImplementationLimits.linkSecuringMs, () => this.close());
  }

  /** What was paired too weakly ends here. Later reports count too: a key may be refreshed. */
  secure(security: BleSecurity): void {
    this.security = security;
    if (!meetsDemand(security, this.options.demand)) this.close();
  }

  subscribe(): void {
    this.isSubscribed = true;
  }

  /** Becomes a link where it can. Returns whether it did. */
  open(onLink: (link: Link) => LinkEvents): boolean {
    if (this.isOver || this.events !== undefined) return false;
    if (this.security === undefined || !this.isSubscribed) return false;
    this.securing.cancel();
    const events = onLink(this.link());
    // The owner may have closed it already.
    if (this.isOver) events.onClosed();
    else this.events = events;
    return true;
  }

  receive(value: Uint8Array): void {
    if (this.isOver || this.events === undefined) return;
    try {
      this.reassembler.push(value);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }

  close(): void {
    this.end();
    this.central.hangUp();
  }

  /**
   * It has ended. A bond that was made on it with somebody who has not proved to be the gateway would push out that of
   * the gateway, and keep whoever was between the two.
   */
  leave(): void {
    this.end();
    if (!this.isProved && this.security !== undefined) this.central.forgetNewBond();
  }

  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.securing.cancel();
    this.refill?.cancel();
    this.reassembler.close();
    this.events?.onClosed();
  }

  private link(): Link {
    return {
      send: (message) => this.send(message),
      attestation: () => bleAttestation(this.isOver ? undefined : this.security),
      close: () => this.close(),
      proved: () => {
        this.isProved = true;
      },
    };
  }

  private send(message: Uint8Array): void {
    if (this.isOver) refuse('linkClosed');
    if (this.held !== undefined) return this.fragmenter.push(message);
    if (this.room > 0) this.held = this.fragmenter.only(message, this.central.valueBytes);
    if (this.held === undefined) this.fragmenter.push(message);
    this.pump();
  }

  private pump(): void {
    while (this.room > 0 && !this.isOver) {
      const value = this.held ?? this.fragmenter.next(this.central.valueBytes);
      if (value === undefined) break;
      if (!this.central.notify(value)) {
        this.stall(value);
        break;
      }
      this.held = undefined;
      this.stalledMs = 0;
      this.room -= 1;
    }
    if (this.room < BURST && !this.isOver) this.refill ??= this.options.after(REFILL_MS, () => this.fill());
  }

  /** Numbers of fragments go forward alone: this very one is tried again. */
  private stall(value: Uint8Array): void {
    this.held = value;
    this.room = 0;
    this.stalledMs += REFILL_MS;
    if (this.stalledMs > ImplementationLimits.bleStallMs) this.close();
  }

  private fill(): void {
    this.refill = undefined;
    this.room = Math.min(BURST, this.room + REFILL);
    this.pump();
  }
}
