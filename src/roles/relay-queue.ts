// SPDX-License-Identifier: Apache-2.0

/**
 * Where a gateway keeps records of CPNS-3 while its server is away. They are nobody's receipt: a PNE keeps what is not
 * confirmed by the server, and sends it again. What waits here arrives even if the PNE has gone meanwhile. Whether it is
 * too old, the server's replay window and the PNE's registration decide.
 */
export interface RelayQueue {
  /** Whether something of this PNE waits: what it says next goes behind that. */
  holds(pneId: string): boolean;
  /** Keeps a record, borrowed for the call. Refuses `queueFull`, and changes nothing then. */
  add(pneId: string, record: Uint8Array): void;
  /**
   * There is a server: hands over what waits and what comes, those of a PNE in their order and one of each PNE in turn,
   * until `hold`. What `send` refuses with `queueFull` or `linkClosed` waits; what it refuses otherwise is dropped.
   */
  forward(send: (pneId: string, record: Uint8Array) => void): void;
  /** There is none. */
  hold(): void;
  /** Forgets what waits of a PNE, which is withdrawn. */
  drop(pneId: string): void;
}
