// SPDX-License-Identifier: Apache-2.0

/**
 * Serves the page on loopback: its files to everybody, what it shows, as server-sent events, and what it may do to
 * whoever has the token. Whoever reads too slowly gets fewer and larger changes. Nothing in the page comes from, or goes
 * to, another host.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { NodeLimits } from '../../node-limits.ts';
import { boundConnections, LOOK_FOR_SLOW_MS } from '../http-connections.ts';
import type { Listener } from '../tcp.ts';
import { ActionDesk, hasToken, type PageActions } from './actions.ts';
import type { PageFeed, Viewer } from './feed.ts';
import type { PageChange } from './state.ts';

export interface PageFile {
  readonly type: string;
  readonly content: string | Uint8Array;
}

export interface PageServerOptions {
  readonly feed: PageFeed;
  /** By path, such as '/'. */
  readonly files: Readonly<Record<string, PageFile>>;
  /** Of this run: whoever does not send it sees and does nothing. */
  readonly token: string;
  /** What may be done from the page. */
  readonly actions: PageActions;
  /** 0 picks one. */
  readonly port: number;
}

const HOST = '127.0.0.1';
const HEADERS = Object.freeze({
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
});
const { pageMaxViewers, pageChangeMs, pageTimeoutMs } = NodeLimits;

export function servePage(options: PageServerOptions): Promise<Listener> {
  const page = new Page(options);
  const server = createServer(
    {
      headersTimeout: pageTimeoutMs,
      requestTimeout: pageTimeoutMs,
      connectionsCheckingInterval: LOOK_FOR_SLOW_MS,
    },
    (request, response) => page.answer(request, response),
  );
  boundConnections(server, 4 * pageMaxViewers);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, HOST, () => {
      const { port } = server.address() as { port: number };
      resolve({
        port,
        close: () =>
          new Promise<void>((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}

class Page {
  private readonly options: PageServerOptions;
  private readonly desk: ActionDesk;
  private viewers = 0;

  constructor(options: PageServerOptions) {
    this.options = options;
    this.desk = new ActionDesk(options.actions);
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    const { method, url = '', headers } = request;
    const { files, token } = this.options;
    // A name of somebody else's that leads here, as DNS rebinding has it, is not this page's.
    if (!isOwnName(headers.host)) return refuse(response, 421);
    const file = Object.hasOwn(files, url) ? files[url] : undefined;
    if (method === 'GET' && file !== undefined)
      return void response.writeHead(200, { ...HEADERS, 'content-type': file.type }).end(file.content);
    if (method !== 'GET' && method !== 'POST') return refuse(response, 405);
    if (!hasToken(request, token)) return refuse(response, 401);
    if (method === 'POST') return void this.act(request, response);
    if (url === '/events') return this.follow(request, response);
    refuse(response, 404);
  }

  private async act(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await this.desk.answer(request).catch(() => undefined);
    // Whoever asked has gone in the middle of it.
    if (answer === undefined) return void response.destroy();
    const isRead = request.complete;
    response.writeHead(answer.status, {
      ...HEADERS,
      'content-type': 'application/json',
      ...(isRead ? {} : { connection: 'close' }),
    });
    response.end(JSON.stringify(answer.body));
  }

  private follow(request: IncomingMessage, response: ServerResponse): void {
    if (this.viewers >= pageMaxViewers) return refuse(response, 503);
    this.viewers += 1;
    response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream' });
    const viewer = new Reader(this.options.feed, this.desk.names, response);
    request.on('close', () => {
      viewer.close();
      this.viewers -= 1;
    });
  }
}

/** Whoever looks: is told of changes now and then, and of no more before it has read what it was told. */
class Reader implements Viewer {
  private readonly feed: PageFeed;
  private readonly response: ServerResponse;
  private readonly take: () => PageChange | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(feed: PageFeed, actions: readonly string[], response: ServerResponse) {
    this.feed = feed;
    this.response = response;
    this.take = feed.join(this);
    this.write('state', { ...feed.state, actions });
  }

  onChange(): void {
    this.timer ??= setTimeout(() => this.send(), pageChangeMs);
  }

  close(): void {
    clearTimeout(this.timer);
    this.feed.leave(this);
  }

  private send(): void {
    if (this.response.writableNeedDrain) return void this.response.once('drain', () => this.send());
    this.timer = undefined;
    const change = this.take();
    if (change !== undefined) this.write('change', change);
  }

  private write(event: string, data: unknown): void {
    this.response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }
}

function isOwnName(host: string | undefined): boolean {
  return /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host ?? '');
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, HEADERS).end();
}
