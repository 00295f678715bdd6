// SPDX-License-Identifier: Apache-2.0

/** `pne-runtime server`: a CPNS Server that remembers. */
import { DEFAULT_PN, serverGrant } from '../../authorization/membership.ts';
import type { InterfaceName } from '../../negotiation/policies.ts';
import { NodeLimits } from '../../node-limits.ts';
import { groupPermission } from '../../roles/group-permission.ts';
import { createServerKeys } from '../../roles/key-master.ts';
import { Placing, placesOf } from '../../roles/placement.ts';
import { createServiceDesk } from '../../roles/service-desk.ts';
import { type CpnsServer, startCpnsServer } from '../cpns-server.ts';
import { DEVICES, GATEWAYS } from '../devices.ts';
import { GATEWAY_GRANTS } from '../grants.ts';
import { revocationsOf } from '../held-grants.ts';
import { openInvitations } from '../invitations.ts';
import { openKeptResumptions } from '../kept-resumptions.ts';
import { openKeyStore } from '../key-store.ts';
import { groupViews } from '../page/group-views.ts';
import { openReadingOutput, type ReadingOutput } from '../reading-output.ts';
import { openRootKey } from '../root-key.ts';
import { readSealingKey } from '../sealing-key.ts';
import { openServerStore } from '../server-store.ts';
import type { Switches } from '../switches.ts';
import { after } from '../timer.ts';
import { readTlsCredentials, type TlsCredentials } from '../tls.ts';
import { joinedGrant } from './admin-grants.ts';
import { agreementFacts, gatewayRefusal } from './agreement-facts.ts';
import {
  checkOneOf,
  checkWholeNumber,
  DATABASE,
  pageOption,
  parseAddress,
  UsageError,
  type Values,
} from './config.ts';
import { openProgramConsents } from './consents.ts';
import { openEnrolled } from './enrolled.ts';
import { openEntities } from './entities.ts';
import { openGranted } from './granted.ts';
import { checkName } from './names.ts';
import { Pace } from './pace.ts';
import { ProgramPage } from './page.ts';
import { serverActions } from './page-actions.ts';
import type { Program, ProgramContext } from './program.ts';
import { openState } from './state.ts';
import { openProgramSwitches } from './switching.ts';
import { openProgramUsers, programRegistry } from './users.ts';
import { openWitness } from './witness.ts';

export const SERVER_OPTIONS = Object.freeze({
  state: { fallback: 'pne-server' },
  store: DATABASE,
  'sealing-key': { fallback: '' },
  listen: { fallback: '127.0.0.1:8750', check: parseAddress },
  name: { fallback: 'server', check: checkName },
  'tls-cert': { fallback: '' },
  'tls-key': { fallback: '' },
  ipsec: { fallback: '' },
  output: { fallback: '' },
  interval: { fallback: '60000', check: checkWholeNumber },
  'max-readings': { fallback: '1000000', check: checkWholeNumber },
  'max-kept': { fallback: String(NodeLimits.entityMaxKept), check: checkWholeNumber },
  metrics: { fallback: '', check: parseAddress },
  page: pageOption('8752'),
  log: { fallback: 'text', check: checkOneOf('text', 'json') },
});

/** In place of a file: external entities get what there is. */
const NO_OUTPUT = 'none';

export async function startServerProgram(
  values: Values<keyof typeof SERVER_OPTIONS>,
  { log: ownLog, ...others }: ProgramContext,
): Promise<Program> {
  const page = new ProgramPage({ port: values.page, folder: values.state, own: 'server', log: ownLog });
  const { log } = page;
  const context = { ...others, log };
  const { provider, metrics } = context;
  const tls = readTls(values['tls-cert'], values['tls-key']);
  const ipsec = openWitness(values.ipsec, log);
  const sealingKey = readSealingKey(provider, values['sealing-key'], process.env);
  const { identity, store, rootKeyPath } = await openState(provider, values.state, values.name, {
    ...context,
    database: values.store,
    sealingKey,
  });
  const grants = await openGranted(store, log, () => followGrants());
  const gatewayGrants = await openGranted(store, log, undefined, {
    list: GATEWAY_GRANTS,
    subject: 'gateway',
  });
  const keyStore = openKeyStore({
    store,
    onFailed: ({ message }) => log('keys-failed', { reason: message }),
  });
  const root = await openRootKey(provider, rootKeyPath, store, sealingKey);
  const groupsWatch = await keyStore.watch(() => keys.refresh());
  const services = createServiceDesk({
    grants: { pne: grants.authority, gateway: gatewayGrants.authority },
    gatewayCredential: (name) => gateways.all.find(({ subject }) => subject === name)?.cred,
    consents: () => consents,
  });
  const keys = createServerKeys({
    provider,
    root,
    store: keyStore,
    credentialOf: (pne) => devices.all.find(({ subject }) => subject === pne),
    permits: groupPermission(grants.authority),
    services,
    onGroup(group, record): void {
      log('group', { group, epoch: record?.key.epoch ?? 0, members: record?.members.length ?? 0 });
      server?.entities?.refresh();
      placing?.change(placesOf(keys.groups));
      page.groups(() => groupViews(keys));
    },
    onHolder(group, pne): void {
      log('group-key', { group, pne });
      page.groups(() => groupViews(keys));
    },
  });
  const invitations = await openInvitations({
    ...{ store, provider, root },
    grantOf: (pne) => serverGrant(grants.authority, DEFAULT_PN, pne) ?? new Uint8Array(0),
    granting: (pne) => joinedGrant(store, pne),
    async onRegistered(): Promise<void> {
      await Promise.all([grants.refresh(), devices.refresh()]);
    },
    onFailed: ({ message }) => log('invitations-failed', { reason: message }),
  });
  const resumptions = await openKeptResumptions({
    ...{ store, provider, root },
    responder: identity.credential,
    onFailed: ({ message }) => log('resumptions-failed', { reason: message }),
  });
  let output: ReadingOutput | undefined;
  let server: CpnsServer | undefined;
  const consents = await openProgramConsents(store, log, () => {
    page.questions(consents.waiting);
    server?.entities?.refresh();
    server?.askOwners();
  });
  page.questions(consents.waiting);
  const entities = await openEntities({
    ...{ store, log, consents, maxKept: Number(values['max-kept']) },
    devices: () => devices,
    groups: () => keys.groups,
    server: () => server,
  });
  const serverStore = await openServerStore({
    store,
    maxReadings: Number(values['max-readings']),
    expected: (pne) => [grants.expectation(pne)],
    copies: (pne, readings, arrived) => entities.readings.copy(pne, readings, arrived),
    keepsCopied: values.output !== NO_OUTPUT,
    now: Date.now,
    onFailed: (pne, { message }) => log('store-failed', { pne, reason: message }),
    onReadings: () => output?.proceed(),
  });
  const onFailed = ({ message }: Error) => log('output-failed', { reason: message });
  if (values.output !== '' && values.output !== NO_OUTPUT)
    output = await openReadingOutput(serverStore, values.output, onFailed);
  const devices = await openEnrolled({
    ...{ store, log, roll: DEVICES, name: 'devices' },
    expel: (id) => server?.expel(id),
    onChanged: () => followDevices(),
  });
  const gateways = await openEnrolled({
    ...{ store, log, roll: GATEWAYS, name: 'gateways' },
    expel: (id) => server?.expelGateway(id),
    onChanged: () => page.list('gateway', gateways.ids),
  });
  let switches: Switches | undefined;
  let placing: Placing | undefined;
  /** What a device that is gone knew of its groups is no key any more. Gateways learn who joined, and who left. */
  function followDevices(): void {
    page.list('pne', devices.ids);
    if (server === undefined) return;
    server.setWithdrawn(devices.withdrawn);
    for (const id of devices.withdrawn) keys.revoke(id);
    const joined = new Set(invitations.joined);
    server.setAdmitted(devices.all.filter(({ subject }) => joined.has(subject!)));
    server.entities?.refresh();
    followGrants();
  }
  function followGrants(): void {
    page.granted((id) => grants.authority.grantOf(id) !== undefined);
    if (server === undefined) return;
    server.setRevoked(revocationsOf(devices.all, grants.minimums));
    server.readmit();
  }
  const pace = new Pace({
    intervalMs: Number(values.interval),
    deliver: (pne, value) => server?.deliver(pne, value),
    onRefused: (pne, { reasonName }) => log('refused', { reason: reasonName, pne }),
  });
  const { host, port } = parseAddress(values.listen);
  const started = await startCpnsServer({
    provider: page.observed(provider),
    identity,
    peers: devices.credentials,
    gateways: gateways.credentials,
    host,
    port,
    ...(tls !== undefined && { tls }),
    ...(ipsec !== undefined && { ipsec }),
    store: serverStore,
    keys,
    services,
    grants: grants.authority,
    pn: DEFAULT_PN,
    resumptions,
    consents,
    users: programRegistry({ store, provider, root, log }),
    invitations,
    entities: entities.served,
    onJoined: (pne) => log('joined', { pne }),
    onAgreed(agreement): void {
      const { name, peer } = agreement;
      if (name === 'CPNS-3') {
        pace.agreed(agreement);
        invitations.finish(peer.subject!);
      }
      page.agreed(agreement);
      if (name === 'CPNS-2') setImmediate(() => switches?.proceed());
      log('agreed', { [PEERS[name] ?? 'pne']: peer.subject!, ...agreementFacts(agreement) });
    },
    onRegistered(pne): void {
      log('registered', { pne });
      pace.registered(pne);
    },
    onReading(pne, reading): void {
      metrics.reading();
      page.reading(pne, reading);
    },
    onContentSettled: (pne, ticket, outcome) => log('content', { pne, ticket, outcome }),
    onRefused: (reason, pne) => log('refused', { reason, ...(pne !== undefined && { pne }) }),
    onGatewayRefused: (reason, gateway) => log('gateway-refused', gatewayRefusal(reason, gateway)),
  });
  server = started;
  // Of a server that starts nobody is to be told first: places hold as soon as they are read.
  keys.refresh(() => {
    placing = new Placing(after, placesOf(keys.groups), started.setPlaces);
  });
  switches = await openProgramSwitches(log, {
    ...{ store, keys, grants: { pne: grants, gateway: gatewayGrants }, hasGateway: started.hasGateway },
    isKnown: ({ role, name }) => (role === 'pne' ? devices : gateways).has(name),
  });
  const users = await openProgramUsers(store, log, keys);
  metrics.show('devices', () => devices.ids.length);
  metrics.show('readings_kept', () => serverStore.count);
  page.list('gateway', gateways.ids);
  followDevices();
  await page.serve(serverActions({ ...{ store, provider, root, page }, server: identity.credential }));
  log('listening', {
    address: `${host}:${started.port}`,
    devices: devices.ids.length,
    gateways: gateways.ids.length,
    entities: entities.count,
    kept: serverStore.count,
  });
  return {
    port: started.port,
    async close(): Promise<void> {
      await page.close();
      devices.close();
      gateways.close();
      switches?.close();
      placing?.close();
      gatewayGrants.close();
      users.close();
      entities.close();
      consents.close();
      groupsWatch.close();
      grants.close();
      invitations.close();
      await started.close();
      ipsec?.close();
      await serverStore.end();
      await entities.readings.end();
      await output?.close();
      await resumptions.written();
      await store.close();
    },
  };
}

/** What the log calls who is at the other end. */
const PEERS: Partial<Record<InterfaceName, string>> = Object.freeze({
  'CPNS-2': 'gateway',
  'CPNS-5': 'entity',
});

function readTls(cert: string, key: string): TlsCredentials | undefined {
  if (cert === '' && key === '') return undefined;
  if (cert === '' || key === '') throw new UsageError('--tls-cert and --tls-key go together');
  return readTlsCredentials(cert, key);
}
