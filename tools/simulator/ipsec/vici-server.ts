// SPDX-License-Identifier: Apache-2.0

/** The daemon's end of a VICI socket, as far as src/node/ipsec asks: what is listed, and events. */
import { createServer, type Server, type Socket } from 'node:net';

/** A message to write: sections, key/value pairs and lists, in the order of the keys. */
export interface Section {
  readonly [name: string]: string | readonly string[] | Section;
}

const REGISTER = 3;
const RESPONSE = 1;
const CONFIRM = 5;
const EVENT = 7;
const LENGTH_BYTES = 4;
/** Of a request, which names a command or an event. */
const MAX_REQUEST_BYTES = 512;

export class ViciServer {
  /** How often somebody asked what there is. */
  asked = 0;
  private readonly path: string;
  private readonly list: () => readonly Section[];
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  /** `list` returns the sections of `list-sas`: one for each IKE_SA, by the name of its configuration. */
  constructor(path: string, list: () => readonly Section[]) {
    this.path = path;
    this.list = list;
    this.server = createServer((socket) => this.serve(socket));
  }

  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject).listen(this.path, resolve);
    });
  }

  /** Tells all who listen that something has changed. */
  say(event: string): void {
    for (const socket of this.sockets) socket.write(eventPacket(event, {}));
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private serve(socket: Socket): void {
    let held = Buffer.alloc(0);
    this.sockets.add(socket);
    socket.on('error', () => {}).on('close', () => this.sockets.delete(socket));
    socket.on('data', (chunk) => {
      held = Buffer.concat([held, chunk]);
      while (held.length >= LENGTH_BYTES && held.length >= LENGTH_BYTES + held.readUInt32BE(0)) {
        const end = LENGTH_BYTES + held.readUInt32BE(0);
        this.reply(socket, held[LENGTH_BYTES]!);
        held = held.subarray(end);
      }
      if (held.length > MAX_REQUEST_BYTES) socket.destroy();
    });
  }

  private reply(socket: Socket, type: number): void {
    if (type === REGISTER) return void socket.write(packet(Buffer.of(CONFIRM)));
    this.asked += 1;
    for (const each of this.list()) socket.write(eventPacket('list-sa', each));
    socket.write(packet(Buffer.of(RESPONSE)));
  }
}

function eventPacket(name: string, message: Section): Buffer {
  return packet(Buffer.concat([Buffer.of(EVENT), shortText(name), content(message)]));
}

function packet(bytes: Buffer): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** strongSwan, src/libcharon/plugins/vici/README.md, "Message format". */
function content(section: Section): Buffer {
  return Buffer.concat(Object.entries(section).map(([name, value]) => element(shortText(name), value)));
}

function element(name: Buffer, value: Section[string]): Buffer {
  if (typeof value === 'string') return Buffer.concat([Buffer.of(3), name, longText(value)]);
  if (!isList(value)) return Buffer.concat([Buffer.of(1), name, content(value), Buffer.of(2)]);
  const items = value.map((item) => Buffer.concat([Buffer.of(5), longText(item)]));
  return Buffer.concat([Buffer.of(4), name, ...items, Buffer.of(6)]);
}

function isList(value: readonly string[] | Section): value is readonly string[] {
  return Array.isArray(value);
}

function shortText(text: string): Buffer {
  return Buffer.concat([Buffer.of(text.length), Buffer.from(text, 'latin1')]);
}

function longText(text: string): Buffer {
  return Buffer.concat([Buffer.of(text.length >> 8, text.length & 0xff), Buffer.from(text, 'latin1')]);
}
