// SPDX-License-Identifier: Apache-2.0

/** Test code: a network whose ends keep what they resume with, where a test can lose, copy and put back keys. */
import type { InterfaceName, RoleName } from '../negotiation/policies.ts';
import { agreementsOn, type SecuredInterface } from './attacker.testing.ts';
import type { InterfaceOptions } from './interface.ts';
import { createTestNetwork, type TestNetwork, type TestNetworkOptions } from './network.testing.ts';
import type { ResumptionKey, ResumptionSlot } from './resumption.ts';
import { ResumptionTable } from './resumption-keys.ts';

/** A slot whose keys a test may keep: they are not wiped. */
export class OpenSlot implements ResumptionSlot {
  key: ResumptionKey | undefined;
  /** All that were kept, in order. */
  readonly history: ResumptionKey[] = [];

  keep(key: ResumptionKey): void {
    this.key = key;
    this.history.push(key);
  }
}

export interface ResumingNetwork {
  readonly network: TestNetwork;
  readonly slots: Record<SecuredInterface, OpenSlot>;
  readonly tables: { gateway: ResumptionTable; server: ResumptionTable };
}

function createResumingNetwork(options: TestNetworkOptions = {}): ResumingNetwork {
  const slots = { 'CPNS-1': new OpenSlot(), 'CPNS-3': new OpenSlot() };
  const tables = { gateway: newTable(), server: newTable() };
  const resuming = (own: InterfaceOptions, role: RoleName): InterfaceOptions => {
    const changed = options.change?.(own, role) ?? own;
    if (role === 'pne') return { ...changed, resumption: slotOf(slots, own.name) };
    // By name: a test puts another table in the place of one.
    return { ...changed, resumptions: role === 'gateway' ? tables.gateway : tables.server };
  };
  return { network: createTestNetwork({ ...options, change: resuming }), slots, tables };
}

/** The same, connected once. */
export function connectedOnce(options: TestNetworkOptions = {}): ResumingNetwork {
  const resuming = createResumingNetwork(options);
  resuming.network.linkUp();
  resuming.network.settle();
  return resuming;
}

export function newTable(maxPeers = 8): ResumptionTable {
  return new ResumptionTable({ maxPeers });
}

/** The methods by which an interface was agreed on at the PNE, in order. */
export function methodsOn(network: TestNetwork, name: SecuredInterface): number[] {
  return agreementsOn(network, name)
    .filter(({ at }) => at === 'pne')
    .map(({ agreement }) => agreement.method);
}

export function reconnect(network: TestNetwork): void {
  network.linkDown();
  network.linkUp();
  network.settle();
}

function slotOf(slots: Record<SecuredInterface, OpenSlot>, name: InterfaceName): OpenSlot {
  return name === 'CPNS-1' ? slots['CPNS-1'] : slots['CPNS-3'];
}
