// SPDX-License-Identifier: Apache-2.0

/** An external entity that keeps its link to a CPNS Server: CPNS-5 by WebSocket, secured, or left to TLS. */
import type { CryptoProvider } from '../crypto/provider.ts';
import type { Credential, Identity } from '../handshake/credential.ts';
import type { After } from '../link/timer.ts';
import { createCborXPayloads } from '../payload/codec.ts';
import {
  createExternalEntity,
  type ExternalEntity,
  type ExternalEntityOptions,
} from '../roles/external-entity.ts';
import { staticDhInterface } from '../roles/interface.ts';
import { keepConnected } from './reconnect.ts';
import { after as nodeAfter } from './timer.ts';
import { connectWebSocket, ENTITY_PATH } from './websocket.ts';

export interface NodeEntityOptions extends Omit<ExternalEntityOptions, 'own' | 'after' | 'payloads'> {
  readonly provider: CryptoProvider;
  readonly identity: Identity;
  /** The server's URL, `ws:` or `wss:`, as its gateways have it. */
  readonly server: string;
  readonly serverCredential: Credential;
  readonly after?: After;
  /** There is no connection to the server, for this reason. It is tried again. */
  onServerUnreachable(error: Error): void;
}

export interface NodeEntity extends Pick<ExternalEntity, 'deliver' | 'publish' | 'query'> {
  /** Closes the link, and makes no other. */
  close(): void;
}

export function startExternalEntity(options: NodeEntityOptions): NodeEntity {
  const { provider, identity, serverCredential, after = nodeAfter } = options;
  const own = staticDhInterface('external', 'CPNS-5', provider, identity, [serverCredential]);
  const entity = createExternalEntity({ ...options, own, after, payloads: createCborXPayloads() });
  const url = new URL(ENTITY_PATH, options.server).href;
  const connection = keepConnected({
    connect: (onLink) =>
      connectWebSocket(url, onLink, after).catch((error: Error) => {
        options.onServerUnreachable(error);
        throw error;
      }),
    onLink: entity.attach,
    after,
    random: Math.random,
  });
  const { deliver, publish, query } = entity;
  return { deliver, publish, query, close: () => connection.close() };
}
