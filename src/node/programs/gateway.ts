// SPDX-License-Identifier: Apache-2.0

/** `pne-runtime gateway`: a PN GW for devices that come by TCP and by Bluetooth LE. */
import { join, resolve } from 'node:path';
import { DEFAULT_PN } from '../../authorization/membership.ts';
import { kidReference } from '../../handshake/id-cred.ts';
import { Status } from '../../roles/status.ts';
import { reasonOf } from '../../roles/user-assignment.ts';
import { checkAdapter } from '../ble/adapter.ts';
import type { Bridges } from '../bridges.ts';
import { admit, DEVICES, withdraw } from '../devices.ts';
import { revokeStated } from '../grants.ts';
import { type PnGateway, startPnGateway } from '../pn-gateway.ts';
import { openRelayQueue } from '../relay-queue.ts';
import { readSealingKey } from '../sealing-key.ts';
import { listenTcp } from '../tcp.ts';
import { after } from '../timer.ts';
import { endProof, followProofs } from '../user-proofs.ts';
import { grantJoined } from './admin-grants.ts';
import { agreementFacts } from './agreement-facts.ts';
import { askingInTurn } from './asking.ts';
import { type Bluetooth, startBluetooth } from './bluetooth.ts';
import { checkOneOf, checkServerUrl, DATABASE, pageOption, parseAddress, type Values } from './config.ts';
import { openEnrolled } from './enrolled.ts';
import { checkUrls, openBridges } from './gateway-bridges.ts';
import { openGatewayOrders } from './gateway-orders.ts';
import { openGranted } from './granted.ts';
import { checkName } from './names.ts';
import { readServerCredential, ServerAbsence } from './own-server.ts';
import { ProgramPage } from './page.ts';
import { deviceActions } from './page-actions.ts';
import type { Program, ProgramContext } from './program.ts';
import { openState } from './state.ts';
import { openWitness } from './witness.ts';

export const GATEWAY_OPTIONS = Object.freeze({
  state: { fallback: 'pne-gateway' },
  store: DATABASE,
  'sealing-key': { fallback: '' },
  listen: { fallback: '127.0.0.1:8751', check: parseAddress },
  server: { fallback: 'ws://127.0.0.1:8750', check: checkServerUrl },
  'server-credential': { fallback: '' },
  bridge: { fallback: '', check: checkUrls },
  'bridge-listen': { fallback: '', check: parseAddress },
  ipsec: { fallback: '' },
  bluetooth: { fallback: '', check: checkAdapter },
  pairing: { fallback: 'just-works', check: checkOneOf('just-works', 'passkey') },
  name: { fallback: 'gateway', check: checkName },
  metrics: { fallback: '', check: parseAddress },
  page: pageOption('8754'),
  log: { fallback: 'text', check: checkOneOf('text', 'json') },
});

export async function startGatewayProgram(
  values: Values<keyof typeof GATEWAY_OPTIONS>,
  { log: ownLog, ...others }: ProgramContext,
): Promise<Program> {
  const page = new ProgramPage({ port: values.page, folder: values.state, own: 'gateway', log: ownLog });
  const { log } = page;
  const context = { ...others, log };
  const { provider, metrics } = context;
  const serverCredential = readServerCredential(values['server-credential']);
  const ipsec = openWitness(values.ipsec, log);
  const database = values.store;
  const sealingKey = readSealingKey(provider, values['sealing-key'], process.env);
  const state = { ...context, database, sealingKey };
  const { identity, store } = await openState(provider, values.state, values.name, state);
  let gateway: PnGateway | undefined;
  let bluetooth: Bluetooth | undefined;
  let bridges: Bridges | undefined;
  let isServerThere = false;
  /** Without a server it seeks nobody. */
  const followServer = () => (isServerThere ? bluetooth?.resume() : bluetooth?.pause());
  const devices = await openEnrolled({
    ...{ store, log, roll: DEVICES, name: 'devices' },
    expel: (id) => gateway?.expel(id),
    onChanged: () => followDevices(),
  });
  function followDevices(): void {
    page.list('pne', devices.ids);
    page.granted((id) => grants.authority.grantOf(id) !== undefined);
  }
  const absence = new ServerAbsence(log, values.state);
  const grants = await openGranted(store, log, () => followDevices());
  const proofsFailed = ({ message }: Error) => log('users-failed', { reason: message });
  const queue = await openRelayQueue({
    store,
    onFailed: ({ message }) => log('queue-failed', { reason: message }),
    onDropped: (pne, { reasonName }) => log('refused', { reason: reasonName, pne }),
  });
  const started = startPnGateway({
    provider,
    identity,
    peers: devices.credentials,
    grants: grants.authority,
    pn: DEFAULT_PN,
    queue,
    onGroupContent: (message) => bridges?.send(message),
    server: values.server,
    serverCredential,
    ...(ipsec !== undefined && { ipsec }),
    onAgreed(agreement): void {
      const { name, peer } = agreement;
      page.agreed(agreement);
      log('agreed', {
        [name === 'CPNS-2' ? 'server' : 'pne']: peer.subject ?? '',
        ...agreementFacts(agreement),
      });
    },
    onRefused: (reason, pne) => log('refused', { reason, ...(pne !== undefined && { pne }) }),
    onServerLink(isThere): void {
      log(isThere ? 'server-there' : 'server-away', { server: values.server, queued: queue.count });
      isServerThere = isThere;
      if (isThere) absence.over();
      followServer();
    },
    onUserSettled(registration, status): void {
      const { pneId: pne, user } = registration;
      if (status === Status.ok) log('user-assigned', { pne, user });
      else log('user-refused', { pne, user, reason: reasonOf(status) });
      endProof(store, registration).catch(proofsFailed);
    },
    onServerUnreachable: (error) => absence.unreachable(error),
    onServerRefused: (reason) => absence.refused(reason),
    async admit(pne, credential): Promise<void> {
      if (!devices.ids.includes(pne)) await grantJoined(store, pne);
      if (!(await admit(store, pne, credential))) return;
      await Promise.all([grants.refresh(), devices.refresh()]);
      log('admitted', { pne });
    },
    async withdraw(pne): Promise<void> {
      if (await withdraw(store, pne)) log('withdrawn', { pne });
    },
    async revoke({ kid, minimum }): Promise<void> {
      for (const { subject } of devices.credentials.candidates(kidReference(kid)))
        await revokeStated(store, subject!, minimum);
    },
  });
  gateway = started;
  const ask = askingInTurn(started);
  const orders = await openGatewayOrders(store, log, ask);
  const proofs = await followProofs(store, started.setRegistrations, proofsFailed);
  bridges = await openBridges({
    ...{ provider, identity, store, log, onContent: started.takeContent },
    ...{ urls: values.bridge, listen: values['bridge-listen'], ask },
  });
  metrics.show('devices', () => devices.ids.length);
  metrics.show('server_link', () => Number(isServerThere));
  metrics.show('records_queued', () => queue.count);
  if (values.bluetooth !== '') {
    bluetooth = await openBluetooth(values, context, started);
    log('bluetooth-there', { adapter: values.bluetooth });
    followServer();
  }
  const { host, port } = parseAddress(values.listen);
  const listener = await listenTcp(port, started.attachPne, after, host);
  followDevices();
  await page.serve(deviceActions({ store, provider }));
  log('listening', { address: `${host}:${listener.port}`, devices: devices.ids.length });
  return {
    port: listener.port,
    async close(): Promise<void> {
      await page.close();
      devices.close();
      bluetooth?.stop();
      orders.close();
      await bridges?.close();
      grants.close();
      proofs.close();
      started.close();
      ipsec?.close();
      await listener.close();
      await queue.close();
      await store.close();
    },
  };
}

function openBluetooth(
  values: Values<keyof typeof GATEWAY_OPTIONS>,
  { log, onFailed }: ProgramContext,
  gateway: PnGateway,
): Promise<Bluetooth> {
  return startBluetooth({
    adapter: values.bluetooth,
    pairing: values.pairing === 'passkey' ? 'passkey' : 'just-works',
    folder: resolve(join(values.state, 'bluetooth')),
    log,
    input: process.stdin,
    onLink: gateway.attachPne,
    onFailed,
  });
}
