// SPDX-License-Identifier: Apache-2.0

import { EndRefused } from './end.ts';

/** One line of the report. */
export interface Check {
  readonly name: string;
  /** Throws where the check fails. Returns what is worth saying beside its name. */
  run(): Promise<string>;
}

/** Throws unless `act` is refused with exactly this reason, which it returns. */
export async function expectRefusal(act: () => Promise<unknown>, reason: string): Promise<string> {
  const refusal = await act().then(
    () => undefined,
    (error: unknown) => error,
  );
  if (refusal === undefined) throw new Error(`accepted, expected: ${reason}`);
  if (!(refusal instanceof EndRefused)) throw refusal;
  if (refusal.reason !== reason) throw new Error(`refused with ${refusal.reason}, expected: ${reason}`);
  return reason;
}
