// SPDX-License-Identifier: Apache-2.0

import type { Link } from '../../src/link/link.ts';
import { Reassembler } from '../../src/link/reassembler.ts';
import { FAKE_STACK, type FakeConnection, FakeServer, FakeTimers } from '../platform/gatt-server.testing.ts';
import { createPeripheral } from '../platform/peripheral.ts';
import { overBle } from './ble-link.ts';
import type { Connect } from './connect.ts';

export class Board {
  readonly timers = new FakeTimers();
  readonly links: Link[] = [];
  readonly messages: Uint8Array[] = [];
  readonly passkeys: number[] = [];
  closed = 0;
  readonly server: FakeServer;
  private readonly connectNext: Connect;

  constructor(authenticated = true) {
    this.connectNext = overBle({
      open: (options) => createPeripheral(FAKE_STACK, this.timers.after, options),
      after: this.timers.after,
      ioCapabilities: authenticated ? 'display' : 'none',
      demand: { authenticated },
      user: { onPasskey: (passkey) => this.passkeys.push(passkey), onCompare() {}, onTypePasskey() {} },
    });
    this.server = FakeServer.last;
  }

  want(): void {
    const refuseFailure = () => {
      throw new Error('a peripheral waits: it does not fail');
    };
    this.connectNext((link) => {
      this.links.push(link);
      return {
        onMessage: (message) => this.messages.push(message.slice()),
        onClosed: () => {
          this.closed += 1;
        },
      };
    }, refuseFailure);
  }

  do(work: (server: FakeServer) => void): void {
    work(this.server);
    this.timers.run();
  }

  connect(): FakeConnection {
    const connection = this.server.connect();
    this.timers.run();
    return connection;
  }

  /** A central that has done all that is asked of it. */
  link(): FakeConnection {
    this.want();
    const connection = this.connect();
    this.do((server) => server.secure(connection));
    this.do((server) => server.subscribe(connection));
    return connection;
  }
}

export function received(connection: FakeConnection): Uint8Array[] {
  const messages: Uint8Array[] = [];
  const never = () => ({ cancel(): void {} });
  const reassembler = new Reassembler(never, (message) => messages.push(message));
  for (const value of connection.notified) reassembler.push(value);
  return messages;
}
