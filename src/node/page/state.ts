// SPDX-License-Identifier: Apache-2.0

/** What the page shows, as it passes from the program to the browser. */

export interface PageState {
  readonly title: string;
  readonly entities: readonly EntityView[];
  readonly interfaces: readonly InterfaceView[];
  /** The newest last; how many there have been is in `happened`. */
  readonly events: readonly EventView[];
  readonly happened: number;
}

/** What a browser is told first: with the state, the names of what may be done from the page. */
export interface PageStart extends PageState {
  readonly actions: readonly string[];
}

export type EntityKind = 'pne' | 'gateway' | 'server';

export interface EntityView {
  readonly id: string;
  readonly kind: EntityKind;
  /** What it runs on, in words. */
  readonly place: string;
  /** `waiting`: it has secured nothing yet. `lost`: it is given up. */
  readonly status: 'waiting' | 'secured' | 'lost';
  readonly sent: number;
  readonly received: number;
  readonly refused: number;
  /** The newest reading, as JSON. */
  readonly last: string;
  /** The code that it joins by, until it has. */
  readonly code: CodeView | undefined;
  /** By field, numbers of the last readings, the newest last. */
  readonly series: Readonly<Record<string, readonly number[]>>;
}

/** A code as text, and as the rows of its QR code, light and dark. */
export interface CodeView {
  readonly text: string;
  readonly rows: readonly (readonly boolean[])[];
}

/** One interface between two entities, and what was negotiated for it. */
export interface InterfaceView {
  readonly name: string;
  /** Ids of entities: the Initiator and the Responder of its handshake. */
  readonly from: string;
  readonly to: string;
  readonly authentication: string;
  readonly integrity: string;
  readonly confidentiality: string;
  readonly method: number;
  readonly suite: number;
  readonly handshakeBytes: number;
  readonly handshakeMessages: number;
}

export interface EventView {
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Id of the entity that it happened at, if of one. */
  readonly entity: string | undefined;
  readonly kind: 'agreed' | 'refused' | 'pairing' | 'group' | 'problem' | 'skipped';
  readonly text: string;
}

/** What has changed since the former one. */
export interface PageChange {
  readonly entities: readonly EntityView[];
  readonly interfaces: readonly InterfaceView[];
  readonly events: readonly EventView[];
  readonly happened: number;
  /** Ids of PNEs of which a reading arrived. */
  readonly arrived: readonly string[];
}
