// SPDX-License-Identifier: Apache-2.0

/** What the page asks its program to do: `POST /actions/NAME` with an object of texts, by whoever has the token. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { NodeLimits } from '../../node-limits.ts';

export type ActionFields = Readonly<Record<string, string>>;

/** What it gives back is JSON for the page; of what it throws, the page shows the first line. */
export type PageAction = (fields: ActionFields) => unknown;

/** By name. */
export type PageActions = Readonly<Record<string, PageAction>>;

export interface Answer {
  readonly status: number;
  readonly body: { readonly result: unknown } | { readonly error: string };
}

const TOKEN_BYTES = 16;
const PATH = '/actions/';
const MAX_ERROR_CHARACTERS = 300;
const { pageActionMaxBytes, pageActionMaxFields, pageActionMaxText, pageMaxActions } = NodeLimits;

/** 128 bits, for one run. Whoever serves the page prints it behind the `#` of its address, which no browser sends. */
export function newPageToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

/** In a header, which no other site can have a browser send, and which goes to this port alone; a cookie does not. */
export function hasToken({ headers }: IncomingMessage, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${token}`));
}

export class ActionDesk {
  private readonly actions: ReadonlyMap<string, PageAction>;
  private underWay = 0;

  constructor(actions: PageActions) {
    this.actions = new Map(Object.entries(actions));
  }

  get names(): string[] {
    return [...this.actions.keys()];
  }

  /** Of a POST that has the token. Nothing is done before all of it has been read and checked. */
  async answer(request: IncomingMessage): Promise<Answer> {
    const { url = '', headers } = request;
    const action = url.startsWith(PATH) ? this.actions.get(url.slice(PATH.length)) : undefined;
    if (action === undefined) return refused(404, 'the program has no such action');
    if (headers.origin !== `http://${headers.host}`) return refused(403, 'this comes from another page');
    if (headers['content-type'] !== 'application/json')
      return refused(415, 'an action takes application/json');
    if (this.underWay >= pageMaxActions) return refused(503, 'too much is asked at once: wait for the rest');
    this.underWay += 1;
    try {
      return await perform(action, await bodyOf(request));
    } finally {
      this.underWay -= 1;
    }
  }
}

async function perform(action: PageAction, body: Uint8Array | undefined): Promise<Answer> {
  if (body === undefined) return refused(413, `an action takes ${pageActionMaxBytes} bytes at most`);
  const fields = fieldsIn(body);
  if (fields === undefined) {
    const limits = `${pageActionMaxFields} texts of ${pageActionMaxText} characters`;
    return refused(400, `an action takes an object of at most ${limits}`);
  }
  try {
    return { status: 200, body: { result: (await action(fields)) ?? null } };
  } catch (error) {
    return refused(422, firstLine(error));
  }
}

/** Undefined where it is longer than an action may be. */
async function bodyOf(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > pageActionMaxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function fieldsIn(body: Uint8Array): ActionFields | undefined {
  const value = parse(body);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value);
  const isText = ([, text]: [string, unknown]) =>
    typeof text === 'string' && text.length <= pageActionMaxText;
  if (entries.length > pageActionMaxFields || !entries.every(isText)) return undefined;
  return Object.assign(Object.create(null), value);
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

function refused(status: number, error: string): Answer {
  return { status, body: { error } };
}

function firstLine(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line.slice(0, MAX_ERROR_CHARACTERS);
}
