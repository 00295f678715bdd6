// SPDX-License-Identifier: Apache-2.0

/** Bridges of the gateway program: the gateways that it knows, and what they were granted. */
import type { Decision } from '../../authorization/decision.ts';
import { decideBridge } from '../../authorization/gateway-access.ts';
import { DEFAULT_PN } from '../../authorization/membership.ts';
import type { CryptoProvider } from '../../crypto/provider.ts';
import type { Identity } from '../../handshake/credential.ts';
import { type Bridges, startBridges } from '../bridges.ts';
import { GATEWAYS } from '../devices.ts';
import { GATEWAY_GRANTS } from '../grants.ts';
import type { KeyValueStore } from '../store/store.ts';
import { agreementFacts } from './agreement-facts.ts';
import { checkServerUrl, parseAddress } from './config.ts';
import { openProgramConsents } from './consents.ts';
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

/** Of a gateway whose credential is gone. */
const UNKNOWN: Decision = Object.freeze({ kind: 'deny', reason: 'notAuthorized' });

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
  const consents = await openProgramConsents(store, log, () => bridges?.refresh());
  const questionOf = (gateway: string) =>
    ({ operation: 'bridge-open', subject: gateway, target: String(DEFAULT_PN) }) as const;
  bridges = await startBridges({
    ...{ provider, identity, gateways: gateways.credentials, urls: urlsIn(urls), onContent },
    ...(listen !== '' && { listen: parseAddress(listen) }),
    decide: (gateway) =>
      gateways.has(gateway)
        ? decideBridge(grants.authority, gateway, DEFAULT_PN, consents.contextOf(questionOf(gateway)))
        : UNKNOWN,
    ask: (gateway) => consents.ask(questionOf(gateway)),
    onWaiting: (gateway, isWaiting) => log(isWaiting ? 'consent-required' : 'consented', { gateway }),
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
      consents.close();
      await close();
    },
  };
}

function urlsIn(text: string): string[] {
  return text === '' ? [] : text.split(',');
}
