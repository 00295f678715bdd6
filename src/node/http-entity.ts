// SPDX-License-Identifier: Apache-2.0

/**
 * What an external entity reads and may send, over HTTP, for one application:
 *
 *     GET  /readings        server-sent events: `reading` and `dropped`, each with an id
 *     GET  /devices         what it may do with which PNE
 *     POST /contents/PNE    a content for it, as JSON; answered when it has come to its end
 *
 * Each request has `Authorization: Bearer TOKEN`. There is one reader: a newer one ends the older.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { EntityPermission } from '../authorization/entity-access.ts';
import { NodeLimits } from '../node-limits.ts';
import { Refusal } from '../refusal.ts';
import type { DroppedReadings } from '../roles/entity-message.ts';
import type { EntityOutcome } from '../roles/entity-requests.ts';
import type { ExternalEntity, ReceivedReading } from '../roles/external-entity.ts';
import { boundConnections, LOOK_FOR_SLOW_MS } from './http-connections.ts';
import { jsonOf } from './reading-lines.ts';
import type { Listener } from './tcp.ts';

export interface HttpEntityOptions {
  readonly entity: Pick<ExternalEntity, 'deliver'>;
  readonly token: string;
  readonly host: string;
  readonly port: number;
}

export interface HttpEntity extends Listener {
  reading(reading: ReceivedReading, taken: () => void): void;
  dropped(dropped: DroppedReadings, taken: () => void): void;
  device(pneId: string, permissions: number): void;
}

/** Status of an answer, by what became of a content. */
const STATUS: Readonly<Record<EntityOutcome, number>> = Object.freeze({
  delivered: 200,
  rejected: 200,
  unknown: 502,
  notAuthorized: 403,
  busy: 503,
  badRequest: 400,
});

interface Event {
  readonly id: string;
  readonly text: string;
  /** Undefined once it was called. */
  taken: (() => void) | undefined;
}

export async function startHttpEntity(options: HttpEntityOptions): Promise<HttpEntity> {
  const events = new EventStream();
  const devices = new Map<string, number>();
  const server = createServer(
    {
      requestTimeout: NodeLimits.httpTimeoutMs,
      headersTimeout: NodeLimits.httpTimeoutMs,
      connectionsCheckingInterval: LOOK_FOR_SLOW_MS,
    },
    (request, response) => void answer(options, events, devices, request, response),
  );
  boundConnections(server, NodeLimits.httpMaxConnections);
  const port = await listen(server, options.port, options.host);
  return {
    port,
    reading({ pneId, id, arrived, value }, taken): void {
      const time = new Date(arrived).toISOString();
      const data = `{"pne":${JSON.stringify(pneId)},"id":${id},"time":"${time}","value":${jsonOf(value)}}`;
      events.add('reading', `${encodeURIComponent(pneId)}/${id}`, data, taken);
    },
    dropped(dropped, taken): void {
      events.add(
        'dropped',
        `${encodeURIComponent(dropped.pneId)}/${dropped.last}`,
        JSON.stringify(dropped),
        taken,
      );
    },
    device: (pneId, permissions) =>
      void (permissions === 0 ? devices.delete(pneId) : devices.set(pneId, permissions)),
    close: () =>
      new Promise<void>((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** Events in their order: what no reader has been sent waits, and the last that one was sent are there again for it. */
class EventStream {
  /** The oldest first; those that were sent in front. */
  private readonly events: Event[] = [];
  private sent = 0;
  private reader: ServerResponse | undefined;
  private isFull = false;

  add(kind: string, id: string, data: string, taken: () => void): void {
    this.events.push({ id, text: `event: ${kind}\nid: ${id}\ndata: ${data}\n\n`, taken });
    this.send();
  }

  /** `last`: the id of the last event that the reader has had. One that is unknown begins with what was not sent. */
  read(reader: ServerResponse, last: string | undefined): void {
    this.reader?.destroy();
    this.reader = reader;
    this.isFull = false;
    const at =
      last === undefined ? -1 : this.events.slice(0, this.sent).findLastIndex(({ id }) => id === last);
    if (at >= 0) this.sent = at + 1;
    reader.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    reader.flushHeaders();
    reader.on('close', () => {
      if (this.reader === reader) this.reader = undefined;
    });
    reader.on('drain', () => {
      this.isFull = false;
      this.send();
    });
    this.send();
  }

  /** It is taken when it has left this process: behind that, a reader that comes again says what it had last. */
  private send(): void {
    while (this.reader !== undefined && !this.isFull && this.sent < this.events.length) {
      const event = this.events[this.sent]!;
      this.sent += 1;
      this.isFull = !this.reader.write(event.text, (error) => {
        if (error != null) return;
        event.taken?.();
        event.taken = undefined;
      });
    }
    this.forget();
  }

  private forget(): void {
    while (this.sent > NodeLimits.httpMemory && this.events[0]!.taken === undefined) {
      this.events.shift();
      this.sent -= 1;
    }
  }
}

async function answer(
  { entity, token }: HttpEntityOptions,
  events: EventStream,
  devices: ReadonlyMap<string, number>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isAllowed(request, token)) return say(response, 401, { error: 'this takes a token' });
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  if (request.method === 'GET' && pathname === '/readings')
    return events.read(response, firstOf(request.headers['last-event-id']));
  if (request.method === 'GET' && pathname === '/devices') return say(response, 200, listOf(devices));
  const pneId = request.method === 'POST' ? /^\/contents\/([^/]+)$/.exec(pathname)?.[1] : undefined;
  if (pneId === undefined) return say(response, 404, { error: 'there is nothing here' });
  const body = await bodyOf(request);
  if (body === undefined) return say(response, 413, { error: 'that is too long' });
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    entity.deliver(decodeURIComponent(pneId), value, (outcome) =>
      say(response, STATUS[outcome], { outcome }),
    );
  } catch (error) {
    if (!(error instanceof Refusal)) return say(response, 400, { outcome: 'badRequest' });
    const isBusy = error.reasonName === 'queueFull' || error.reasonName === 'linkClosed';
    say(response, isBusy ? 503 : 400, { outcome: isBusy ? 'busy' : 'badRequest' });
  }
}

function listOf(devices: ReadonlyMap<string, number>): unknown {
  const { access, deliver, consentRequired } = EntityPermission;
  return [...devices].map(([pne, permissions]) => ({
    pne,
    read: (permissions & access) !== 0,
    command: (permissions & deliver) !== 0,
    ...((permissions & consentRequired) !== 0 && { asked: true }),
  }));
}

/** Compared as hashes, so that the time tells nothing of it. */
function isAllowed({ headers }: IncomingMessage, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${token}`));
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > NodeLimits.bridgeMaxCommandBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function say(response: ServerResponse, status: number, content: unknown): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(`${JSON.stringify(content)}\n`);
}

function firstOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.[0];
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve((server.address() as { port: number }).port));
  });
}
