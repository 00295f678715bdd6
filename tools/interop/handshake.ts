// SPDX-License-Identifier: Apache-2.0

/** Takes two ends through a handshake, whichever of them is ours. */
import type { End, Values } from './end.ts';
import { compare, Mismatch, type Transcripts } from './transcript.ts';

export interface Scenario {
  readonly name: string;
  /** Connection identifiers, and the kids of the credentials, in hexadecimal. */
  readonly ids: { readonly cI: string; readonly cR: string; readonly kidI: string; readonly kidR: string };
  /** EAD_1 to EAD_4 (see ead-text.ts). */
  readonly ead: readonly [string, string, string, string];
  /** Of the Initiator, where it is ours. */
  readonly suites: string;
  /** What tells the Initiator that the Responder has the keys. */
  readonly confirmation: 'message_4' | 'protected reply';
}

export interface Ends {
  readonly ours: End;
  readonly theirs: End;
  readonly ourRole: 'initiator' | 'responder';
}

/** COSE number of AES-CCM-16-64-128, suite 2's application AEAD. */
const RECORDS = '10';
const REPLY = 'a16572656164790a';
const UPDATE_CONTEXT = 'a01158fdb820890cd6be169602b8bcea';

/** Fresh keys at both ends, known to the other one. */
export async function introduce(ends: Ends, { ids }: Scenario): Promise<void> {
  const { initiator, responder } = byRole(ends);
  const { CRED: credI } = await initiator.ask({ do: 'identity', kid: ids.kidI, subject: 'initiator' });
  const { CRED: credR } = await responder.ask({ do: 'identity', kid: ids.kidR, subject: 'responder' });
  await initiator.ask({ do: 'trust', CRED: credR! });
  await responder.ask({ do: 'trust', CRED: credI! });
}

/**
 * Runs all messages, compares what both ends exported before and after a key update, and sends records both
 * ways. Throws a mismatch with both transcripts, also where an end refuses.
 */
export async function shakeHands(ends: Ends, scenario: Scenario): Promise<Transcripts> {
  const run = new Run(ends);
  try {
    await run.messages(scenario);
    await run.both('exported', {});
    await run.records();
    await run.both('updated', { context: UPDATE_CONTEXT });
  } catch (error) {
    throw new Mismatch((error as Error).message, run.transcripts);
  }
  compare(run.transcripts);
  return run.transcripts;
}

/** Runs the messages alone: what an end refuses is thrown as it is. */
export async function exchangeMessages(ends: Ends, scenario: Scenario): Promise<void> {
  await new Run(ends).messages(scenario);
}

class Run {
  private readonly ends: Ends;
  private readonly seen = { ours: {} as Values, theirs: {} as Values };

  constructor(ends: Ends) {
    this.ends = ends;
  }

  get transcripts(): Transcripts {
    return this.seen;
  }

  async messages({ ids, ead, suites, confirmation }: Scenario): Promise<void> {
    const { initiator, responder } = byRole(this.ends);
    const start = { connection_id: ids.cI, ead: ead[0], suites };
    const { message_1 } = await this.step(initiator, 'message1', start);
    const answer = { message_1: message_1!, connection_id: ids.cR, ead: ead[1] };
    const { message_2 } = await this.step(responder, 'message2', answer);
    const { message_3 } = await this.step(initiator, 'message3', { message_2: message_2!, ead: ead[2] });
    if (confirmation === 'protected reply') return this.confirmByReply(message_3!);
    const { message_4 } = await this.step(responder, 'message4', { message_3: message_3!, ead: ead[3] });
    await this.step(initiator, 'finish', { message_4: message_4! });
  }

  async both(step: string, request: Values): Promise<void> {
    await this.step(this.ends.ours, step, request);
    await this.step(this.ends.theirs, step, request);
  }

  async records(): Promise<void> {
    const { ours, theirs } = this.ends;
    await ours.ask({ do: 'session', algorithm: RECORDS });
    await theirs.ask({ do: 'session', algorithm: RECORDS });
    await this.record(ours, theirs);
    await this.record(theirs, ours);
  }

  private async confirmByReply(message_3: string): Promise<void> {
    const { initiator, responder } = byRole(this.ends);
    await this.step(responder, 'conclude', { message_3 });
    await responder.ask({ do: 'session', algorithm: RECORDS });
    const { message } = await responder.ask({ do: 'protect', plaintext: REPLY });
    const { plaintext } = await initiator.ask({ do: 'confirm', reply: message!, algorithm: RECORDS });
    this.note(responder, { reply: REPLY });
    this.note(initiator, { reply: plaintext! });
  }

  private async record(sender: End, recipient: End): Promise<void> {
    const { message } = await sender.ask({ do: 'protect', plaintext: REPLY });
    const name = sender === this.ends.ours ? 'our record' : 'their record';
    this.note(sender, { [name]: REPLY });
    const { plaintext } = await recipient.ask({ do: 'unprotect', message: message! });
    this.note(recipient, { [name]: plaintext! });
  }

  private async step(end: End, step: string, request: Values): Promise<Values> {
    const values = await end.ask({ ...request, do: step });
    this.note(end, values);
    return values;
  }

  private note(end: End, values: Values): void {
    const side = end === this.ends.ours ? 'ours' : 'theirs';
    this.seen[side] = { ...this.seen[side], ...values };
  }
}

function byRole({ ours, theirs, ourRole }: Ends): { initiator: End; responder: End } {
  return ourRole === 'initiator'
    ? { initiator: ours, responder: theirs }
    : { initiator: theirs, responder: ours };
}
