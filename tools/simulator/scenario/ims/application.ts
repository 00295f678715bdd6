// SPDX-License-Identifier: Apache-2.0

/** The application server of a scenario: an external entity that reads what arrives, by TLS 1.3 at its own port. */
import { connect, createServer, type TLSSocket } from 'node:tls';
import { entityScope } from '../../../../src/authorization/entity-access.ts';
import { DEFAULT_PN } from '../../../../src/authorization/membership.ts';
import { toHex } from '../../../../src/bytes/hex.ts';
import type { CryptoProvider } from '../../../../src/crypto/provider.ts';
import type { Credential } from '../../../../src/handshake/credential.ts';
import type { Link } from '../../../../src/link/link.ts';
import type { CpnsServer, ServedEntities } from '../../../../src/node/cpns-server.ts';
import { ENTITIES, enrol } from '../../../../src/node/devices.ts';
import { type NodeEntity, startExternalEntity } from '../../../../src/node/external-entity.ts';
import { ENTITY_GRANTS, grantScope } from '../../../../src/node/grants.ts';
import { newIdentity } from '../../../../src/node/identity.ts';
import { endOf } from '../../../../src/node/programs/admin-grants.ts';
import { openProgramConsents } from '../../../../src/node/programs/consents.ts';
import { openEntities, type ServerEntities } from '../../../../src/node/programs/entities.ts';
import type { Log } from '../../../../src/node/programs/log.ts';
import { openServerStore } from '../../../../src/node/server-store.ts';
import type { Listener } from '../../../../src/node/tcp.ts';
import { after } from '../../../../src/node/timer.ts';
import { TLS_1_3, type TlsCredentials } from '../../../../src/node/tls.ts';
import { listenWebSocket } from '../../../../src/node/websocket.ts';
import { NodeLimits } from '../../../../src/node-limits.ts';
import type { ReasonName } from '../../../../src/refusal.ts';
import type { Reading, ServerStore } from '../../../../src/roles/server-store.ts';
import { fail, type Keeper } from '../../keepers.ts';
import { newCertificate } from './certificate.ts';
import { type EvidenceName, unbound } from './evidence.ts';

const NAME = 'application-server';
const HOST = '127.0.0.1';
/** The store of a run is in memory, and the entity takes what there is. */
const MAX_READINGS = 100_000;

export interface ApplicationOptions {
  readonly keeper: Keeper;
  readonly provider: CryptoProvider;
  readonly serverCredential: Credential;
  readonly without: EvidenceName | undefined;
  /** The server, or the entity, has refused the other one. */
  onRefused(reason: ReasonName): void;
}

interface Opened {
  readonly entities: ServerEntities;
  readonly consents: { close(): void };
}

export class Application {
  /** For the server: where it stores readings, with copies for the entity, and whom it serves. */
  readonly store: ServerStore;
  readonly served: ServedEntities;
  /** Readings that the entity has, byte for byte as the server has verified them. */
  received = 0;
  private readonly options: ApplicationOptions;
  private readonly entities: ServerEntities;
  private readonly consents: { close(): void };
  private readonly identity: ReturnType<typeof newIdentity>;
  private server: CpnsServer | undefined;
  private listeners: Listener[] = [];
  private entity: NodeEntity | undefined;
  /** What one of the two has and the other one has not yet. */
  private readonly verified = new Map<string, string>();
  private readonly taken = new Map<string, string>();
  private onAll: () => void = () => {};

  static async open(options: ApplicationOptions): Promise<Application> {
    const { keeper, provider } = options;
    const { store } = keeper;
    const identity = newIdentity(provider, NAME);
    const scope = entityScope({ read: ['all'], command: [], pn: DEFAULT_PN });
    await grantScope(store, ENTITY_GRANTS, NAME, scope, endOf('1'));
    await enrol(store, identity.credential, ENTITIES);
    let application: Application | undefined;
    const log: Log = (event, { reason } = {}) => {
      if (event === 'entity-refused') options.onRefused(reason as ReasonName);
    };
    const consents = await openProgramConsents(store, log, () => application?.server?.entities?.refresh());
    const entities = await openEntities({
      ...{ store, log, consents, maxKept: NodeLimits.entityMaxKept },
      devices: () => keeper.devices,
      groups: () => [],
      server: () => application?.server,
    });
    const serverStore = await openServerStore({
      ...{ store, maxReadings: MAX_READINGS, keepsCopied: false, now: Date.now, onReadings(): void {} },
      copies: (pne, readings, arrived) => entities.readings.copy(pne, readings, arrived),
      onFailed: (_pne, error) => fail(error),
    });
    application = new Application(options, identity, { entities, consents }, serverStore);
    return application;
  }

  private constructor(
    options: ApplicationOptions,
    identity: ReturnType<typeof newIdentity>,
    { entities, consents }: Opened,
    store: ServerStore,
  ) {
    this.options = options;
    this.identity = identity;
    this.entities = entities;
    this.consents = consents;
    this.store = store;
    this.served = entities.served;
  }

  /** Has the server listen for it, and connects it. */
  async join(server: CpnsServer): Promise<void> {
    this.server = server;
    const { without, provider, serverCredential, onRefused } = this.options;
    const attach = (link: Link) => server.entities!.attach(without === 'exporter' ? unbound(link) : link);
    const tls = newCertificate('cpns-server');
    const listener = await listenWebSocket(0, attach, after, HOST, { tls });
    this.listeners.push(listener);
    if (without === 'certificate') this.listeners.unshift(await listenBetween(listener.port));
    this.entity = startExternalEntity({
      ...{ provider, identity: this.identity, serverCredential, follows: true },
      server: `wss://${HOST}:${this.listeners[0]!.port}`,
      onReading: ({ pneId, id, payload }, taken): void => {
        this.account(this.taken, this.verified, `${pneId} ${id}`, payload);
        taken();
      },
      onDropped: (_dropped, taken) => taken(),
      onDevice(): void {},
      onServer(): void {},
      onAgreed(): void {},
      onRefused,
      onServerUnreachable(): void {},
    });
  }

  /** The server has verified one. */
  expect(pneId: string, { id, payload }: Reading): void {
    this.account(this.verified, this.taken, `${pneId} ${id}`, payload);
  }

  /** Resolves when it has all that the server has, or after so long. Returns how many it lacks, or has altered. */
  async settled(milliseconds: number): Promise<number> {
    const isAll = new Promise<void>((resolve) => {
      this.onAll = resolve;
      this.check();
    });
    await Promise.race([isAll, new Promise<void>((resolve) => after(milliseconds, resolve))]);
    return this.verified.size;
  }

  async close(): Promise<void> {
    this.entity?.close();
    for (const each of this.listeners) await each.close();
    this.entities.close();
    this.consents.close();
  }

  private account(
    own: Map<string, string>,
    others: Map<string, string>,
    key: string,
    payload: Uint8Array,
  ): void {
    const bytes = toHex(payload);
    if (others.get(key) === bytes) {
      others.delete(key);
      this.received += 1;
    } else own.set(key, bytes);
    this.check();
  }

  private check(): void {
    if (this.verified.size === 0) this.onAll();
  }
}

/** Somebody between the two who ends TLS with a certificate of his own, and begins it anew. */
async function listenBetween(port: number): Promise<Listener> {
  const { cert, key }: TlsCredentials = newCertificate('somebody');
  const sockets = new Set<TLSSocket>();
  const server = createServer({ ...TLS_1_3, cert: Buffer.from(cert), key: Buffer.from(key) }, (near) => {
    const far = connect({ port, host: HOST, ...TLS_1_3, rejectUnauthorized: false });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => void (near.destroy() && far.destroy()));
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  return {
    port: (server.address() as { port: number }).port,
    close(): Promise<void> {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
