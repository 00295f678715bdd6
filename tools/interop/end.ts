// SPDX-License-Identifier: Apache-2.0

/** Names and values as ends exchange them: text, bytes in hexadecimal. */
export type Values = Readonly<Record<string, string>>;

/** What to do, and with which values. The steps are those of edhoc-end.ts, record-end.ts and cbor_peer.py. */
export type Request = Values & { readonly do: string };

/** One end of a protocol, wherever it runs. */
export interface End {
  readonly name: string;
  /** Rejects with `EndRefused` where the end refuses. */
  ask(request: Request): Promise<Values>;
  close(): Promise<void>;
}

export class EndRefused extends Error {
  readonly reason: string;

  constructor(end: string, step: string, reason: string) {
    super(`${end} refuses ${step}: ${reason}`);
    this.reason = reason;
  }
}

/** Passes an answer on, or throws the refusal that it is. */
export function accepted(end: string, request: Request, answer: Values): Values {
  if (answer.refused !== undefined) throw new EndRefused(end, request.do, answer.refused);
  return answer;
}
