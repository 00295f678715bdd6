// SPDX-License-Identifier: Apache-2.0

/** Bridges of the gateway program: the gateways that it knows, and what they were granted. */
import type { Decision } from '../../authorization/decision.ts';
import { decideBridge } from '../../authorization/gateway-access.ts';
import { DEFAULT_PN } from '../../authorization/membership.ts';
import type { CryptoProvider } from '../../crypto/provider.ts';
import type { Identity } from '../../handshake/credential.ts';
import { referenceOf } from '../../keys/reference.ts';
import { Status } from '../../roles/status.ts';
import { askBridgeOwners } from '../bridge-owners.ts';
import { type Bridges, startBridges } from '../bridges.ts';
import { GATEWAYS } from '../devices.ts';
import { GATEWAY_GRANTS } from '../grants.ts';
import type { KeyValueStore } from '../store/store.ts';
import { agreementFacts } from './agreement-facts.ts';
import type { Asking } from './asking.ts';
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
  /** Asks the server: the PNE that owns the PN of this gateway is asked, too. */
  readonly ask: Asking;
}

/** Of a gateway whose credential is gone. */
const UNKNOWN: Decision = Object.freeze({ kind: 'deny', reason: 'notAuthorized' });

/** Throws where that are no URLs. */
export function checkUrls(text: string): void {
  for (const url of urlsIn(text)) checkServerUrl(url);
}

/** Undefined where the gateway is to have no bridge. */
export async function openBridges(options: GatewayBridgesOptions): Promise<Bridges | undefined> {
  const { provider, identity, store, log, urls, listen, onContent, ask } = options;
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
  const owners = askBridgeOwners({
    ...{ store, consents, ask, now: () => Math.floor(Date.now() / 1000) },
    ...{ target: String(DEFAULT_PN), reference: referenceOf('pn', DEFAULT_PN) },
    onRefused: (gateway, status) =>
      log('owner-not-asked', {
        ...{ gateway, status },
        ...(status === Status.notAuthorized && {
          try: `pne-runtime admin grant-gateway ${gateway} --bridges ${DEFAULT_PN} --state FOLDER-OF-THE-SERVER`,
        }),
      }),
    onFailed: ({ message }) => log('owners-failed', { reason: message }),
  });
  if (bridges.port !== undefined) log('bridges', { port: bridges.port });
  const { close } = bridges;
  return {
    ...bridges,
    async close(): Promise<void> {
      owners.close();
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
