// SPDX-License-Identifier: Apache-2.0

/** Bridges of the gateway program: the gateways that it knows, and what they were granted. */
import { mayBridge } from '../../authorization/gateway-access.ts';
import { DEFAULT_PN } from '../../authorization/membership.ts';
import type { CryptoProvider } from '../../crypto/provider.ts';
import type { Identity } from '../../handshake/credential.ts';
import { type Bridges, startBridges } from '../bridges.ts';
import { GATEWAYS } from '../devices.ts';
import { GATEWAY_GRANTS } from '../grants.ts';
import type { KeyValueStore } from '../store/store.ts';
import { agreementFacts } from './agreement-facts.ts';
import { checkServerUrl, parseAddress } from './config.ts';
import { openEnrolled } from './enrolled.ts';
import { openGranted } from './granted.ts';
import type { Log } from './log.ts';

export interface GatewayBridgesOptions {
  readonly provider: CryptoProvider;
  readonly identity: Identity;
  readonly store: KeyValueStore;
  readonly log: Log;
  /** URLs with commas between, and HOST:PORT; either may be ''. */
  readonly urls: string;
  readonly listen: string;
  onContent(message: Uint8Array): void;
}

/** Throws where that are no URLs. */
export function checkUrls(text: string): void {
  for (const url of urlsIn(text)) checkServerUrl(url);
}

/** Undefined where the gateway is to have no bridge. */
export async function openBridges(options: GatewayBridgesOptions): Promise<Bridges | undefined> {
  const { provider, identity, store, log, urls, listen, onContent } = options;
  if (urls === '' && listen === '') return undefined;
  let bridges: Bridges | undefined;
  const gateways = await openEnrolled({
    ...{ store, log, roll: GATEWAYS, name: 'gateways' },
    // Its credential is gone, and with it what it was granted.
    expel: () => bridges?.refresh(),
  });
  const grants = await openGranted(store, log, () => bridges?.refresh(), {
    list: GATEWAY_GRANTS,
    subject: 'gateway',
  });
  bridges = await startBridges({
    ...{ provider, identity, gateways: gateways.credentials, urls: urlsIn(urls), onContent },
    ...(listen !== '' && { listen: parseAddress(listen) }),
    permits: (gateway) => gateways.has(gateway) && mayBridge(grants.authority, gateway, DEFAULT_PN),
    onAgreed: (agreement) =>
      log('agreed', { gateway: agreement.peer.subject ?? '', ...agreementFacts(agreement) }),
    onRefused: (reason, gateway) =>
      log('bridge-refused', { reason, ...(gateway !== undefined && { gateway }) }),
    onUnreachable: (url, { message }) => log('bridge-unreachable', { url, reason: message }),
  });
  if (bridges.port !== undefined) log('bridges', { port: bridges.port });
  const { close } = bridges;
  return {
    ...bridges,
    async close(): Promise<void> {
      gateways.close();
      grants.close();
      await close();
    },
  };
}

function urlsIn(text: string): string[] {
  return text === '' ? [] : text.split(',');
}
