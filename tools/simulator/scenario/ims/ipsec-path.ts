// SPDX-License-Identifier: Apache-2.0

import type { Server } from 'node:net';
import type { IpsecWitness } from '../../../../src/node/ipsec/witness.ts';
import type { Dial } from '../../../../src/node/websocket.ts';

/** What is between PN GW and CPNS Server in a scenario: IPsec, or a stand-in that says that it is one. */
export interface IpsecPath {
  readonly isStandIn: boolean;
  /** In a line, what it is. */
  readonly description: string;
  /** Where the server listens, and the gateway is no other. */
  readonly serverHost: string;
  /** A socket that listens there, and how the gateway comes to it, where both are not at any place of this machine. */
  readonly listener?: Server;
  readonly dial?: Dial;
  readonly gateway: IpsecWitness;
  readonly server: IpsecWitness;
  close(): Promise<void>;
}
