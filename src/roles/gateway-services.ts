// SPDX-License-Identifier: Apache-2.0

import type { ReasonName } from '../refusal.ts';

/** What a server does with what gateways ask for on CPNS-2: service-desk.ts. */
export interface GatewayServices {
  /**
   * A gateway of this name has proved itself. Returns what takes its messages, and refuses what it cannot take. `send`
   * sends it an answer; `onRefused`: what it has asked for is not done, and it is told so.
   */
  serveGateway(
    name: string,
    send: (answer: Uint8Array) => void,
    onRefused: (reason: ReasonName) => void,
  ): (message: Uint8Array) => void;
}
