// SPDX-License-Identifier: Apache-2.0

/** One form in which a reading, or its receipt, was somewhere on its way. */
export interface Stage {
  /** How its bytes are to be read (fields.ts). */
  readonly form: StageForm;
  readonly name: string;
  /** Who held it, or what carried it. */
  readonly where: string;
  readonly bytes: Uint8Array;
  /** Of a record: bytes of its tag. */
  readonly tagLength: number;
}

export type StageForm =
  | 'payload'
  | 'message'
  | 'record'
  | 'hop'
  | 'link'
  | 'value'
  | 'air'
  | 'route'
  | 'gateway record';

/** As it passes to the browser: bytes in hexadecimal. */
export interface StageView {
  readonly name: string;
  readonly where: string;
  readonly length: number;
  /** All of its bytes, in order. */
  readonly fields: readonly FieldView[];
}

export interface FieldView {
  readonly hex: string;
  readonly means: string;
}

export interface TraceView {
  readonly pne: string;
  readonly id: number;
  /** Readings that went in the same message, itself included. */
  readonly together: number;
  readonly stages: readonly StageView[];
  readonly receipt: readonly StageView[];
}
