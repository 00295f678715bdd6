// SPDX-License-Identifier: Apache-2.0

/** What the page shows, as it passes from the program to the browser. */

export interface PageState {
  readonly title: string;
  readonly entities: readonly EntityView[];
  readonly interfaces: readonly InterfaceView[];
  readonly groups: readonly GroupView[];
  readonly questions: readonly QuestionView[];
  /** The newest last; how many there have been is in `happened`. */
  readonly events: readonly EventView[];
  readonly happened: number;
  readonly attacks: readonly AttackView[];
}

/** What a browser is told first: with the state, the names of what may be done from the page. */
export interface PageStart extends PageState {
  readonly actions: readonly string[];
}

/** `entity`: an external one, beyond CPNS-5. */
export type EntityKind = 'pne' | 'gateway' | 'server' | 'entity';

export interface EntityView {
  readonly id: string;
  readonly kind: EntityKind;
  /** What it runs on, in words. */
  readonly place: string;
  /** `waiting`: it has secured nothing yet. `revoked`: nothing is granted to it. `lost`: it is given up. */
  readonly status: 'waiting' | 'secured' | 'revoked' | 'lost';
  /** undefined where that is not known here. */
  readonly sent: number | undefined;
  readonly received: number;
  readonly refused: number;
  /** The newest reading, as JSON. */
  readonly last: string;
  /** Its id, and the boot of the PNE that numbered it; undefined before the first. */
  readonly lastId: number | undefined;
  readonly boot: number | undefined;
  /** What happened from its start to its first reading, in order. */
  readonly steps: readonly StepView[];
  /** What it and the gateway sent over the air so far, by the stage it was in. */
  readonly air: readonly AirView[];
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

export interface StepView {
  readonly name: string;
  /** Milliseconds since its first step. */
  readonly after: number;
}

export interface AirView {
  readonly stage: string;
  /** PDUs that carry something, and their bytes between access address and CRC. */
  readonly pdus: number;
  readonly bytes: number;
}

/** A group as the server has it. */
export interface GroupView {
  readonly reference: number;
  readonly name: string;
  /** Such as `PN`, or `signed service group`. */
  readonly kind: string;
  readonly owner: string | undefined;
  /** Of its key, and how often that was made anew. */
  readonly epoch: number;
  readonly rekeys: number;
  readonly members: readonly {
    readonly id: string;
    /** Whether it is known to have the key of this epoch. */
    readonly hasKey: boolean;
  }[];
}

/** What waits for the consent of an owner. */
export interface QuestionView {
  readonly number: number;
  /** Such as `bridge wants to read pne-1`. */
  readonly text: string;
  /** A PNE that is asked; undefined: whoever administers. */
  readonly owner: string | undefined;
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
  readonly kind: 'agreed' | 'refused' | 'pairing' | 'admin' | 'group' | 'problem' | 'skipped' | 'note';
  readonly text: string;
}

/** An attack that may be launched from the page, and what came of it the last time. */
export interface AttackView {
  readonly name: string;
  readonly title: string;
  /** What the attacker does. */
  readonly does: string;
  /** Which line of SPEC.md is against it, and what that asks. */
  readonly clause: string;
  readonly asks: string;
  /** `failed`: it could not be tried, or its control did not work. */
  readonly status: 'ready' | 'waiting' | 'under way' | 'refused' | 'succeeded' | 'failed';
  /** By which the network refused it. */
  readonly reason: { readonly name: string; readonly number: number } | undefined;
  /** What was seen. */
  readonly lines: readonly string[];
  /** What became of readings meanwhile. */
  readonly fared: FaredView | undefined;
  /** How it works where the protection is left out. */
  readonly control: string;
}

/** Readings: how many arrived, and of those that were under way, how many did not, or otherwise than they were given. */
export interface FaredView {
  readonly received: number;
  readonly lost: number;
  readonly doubled: number;
  readonly altered: number;
}

/** What has changed since the former one. */
export interface PageChange {
  readonly entities: readonly EntityView[];
  readonly interfaces: readonly InterfaceView[];
  /** Ids of entities that are gone, with their interfaces. */
  readonly removed: readonly string[];
  /** All of them, where one has changed. */
  readonly groups: readonly GroupView[] | undefined;
  readonly questions: readonly QuestionView[] | undefined;
  readonly events: readonly EventView[];
  readonly happened: number;
  readonly attacks: readonly AttackView[];
  /** Ids of PNEs of which a reading arrived. */
  readonly arrived: readonly string[];
}
