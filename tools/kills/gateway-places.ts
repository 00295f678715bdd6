// SPDX-License-Identifier: Apache-2.0

/** Gateways as they are started again and again, each behind a passage to the server. */
import { join } from 'node:path';
import { encodeUtf8 } from '../../src/bytes/utf8.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import type { Credential } from '../../src/handshake/credential.ts';
import type { NewIdentity } from '../../src/node/identity.ts';
import { openExistingStore, openState } from '../../src/node/programs/state.ts';
import { connectTcp } from '../../src/node/tcp.ts';
import { freePort } from '../simulator/free-port.ts';
import { Passage } from '../simulator/scenario/passage.ts';
import type { Way } from './device.ts';
import { admitAll, type Place, urlOf } from './places.ts';

/** Keys of what a gateway keeps for its server (src/node/relay-queue.ts). */
const QUEUED = 0x6d;

export interface GatewayPlace extends Place {
  readonly credential: Credential;
  /** To the server, so that the two can be parted while both live. */
  readonly passage: Passage;
}

export async function gatewayPlace(
  provider: CryptoProvider,
  folder: string,
  name: string,
  server: Place,
): Promise<GatewayPlace> {
  const port = await freePort();
  const passage = await Passage.open([server.port]);
  const state = join(folder, name);
  const { identity, store } = await openState(provider, state, name, {});
  await store.close();
  const args = ['gateway', '--state', state, '--listen', `127.0.0.1:${port}`, '--log', 'text'];
  args.push('--server', urlOf(passage), '--server-credential', join(server.state, 'credential'));
  return { ...{ state, port, args, passage }, credential: identity.credential };
}

/** While it does not run, or beside it. */
export async function admitAt({ state }: GatewayPlace, identities: readonly NewIdentity[]): Promise<void> {
  const store = openExistingStore(state);
  await admitAll(store, identities);
  await store.close();
}

/** Whether a gateway has something of a PNE on its disk for the server. */
export async function queues({ state }: GatewayPlace, pneId: string): Promise<boolean> {
  const store = openExistingStore(state);
  const name = encodeUtf8(pneId);
  const [first] = await store.range(Uint8Array.of(QUEUED, name.length, ...name), 1);
  await store.close();
  return first !== undefined;
}

export function wayByTcp(port: number): Way {
  return (onLink, onClosed) => {
    const adopted = connectTcp(port, (link) => {
      const events = onLink(link);
      return {
        onMessage: events.onMessage,
        onClosed(): void {
          events.onClosed();
          onClosed();
        },
      };
    });
    adopted.catch(onClosed);
  };
}
