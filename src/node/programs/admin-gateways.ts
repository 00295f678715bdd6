// SPDX-License-Identifier: Apache-2.0

/**
 * `pne-runtime admin`: what gateways may do: take over PNs of a server, ask for some, and have bridges to a gateway.
 */
import { gatewayScope } from '../../authorization/gateway-access.ts';
import { together } from '../../authorization/membership.ts';
import type { Scope } from '../../authorization/scope.ts';
import { groupNumber, isPersonalNetwork } from '../../keys/reference.ts';
import { ImplementationLimits } from '../../limits.ts';
import { Refusal } from '../../refusal.ts';
import { GATEWAY_RIGHTS } from '../../roles/service-rights.ts';
import { GATEWAYS, readAll } from '../devices.ts';
import { GATEWAY_GRANTS, grantIn, grantScope, revokeGrants } from '../grants.ts';
import { cancelSwitch, requestSwitch } from '../switch-requests.ts';
import { forgetQuestions } from './admin-consents.ts';
import { endOf, type Work } from './admin-grants.ts';
import { done, openGroups } from './admin-groups.ts';
import { rightsIn } from './admin-rights.ts';
import { UsageError } from './config.ts';

export async function grantGateways(work: Work): Promise<void> {
  await checkKnown(work);
  const scope = scopeFor(work);
  for (const id of work.names) {
    await grantScope(work.store, GATEWAY_GRANTS, id, scope, endOf(work.days));
    work.say(`${id} granted`);
  }
}

function scopeFor(work: Work): Scope {
  const [takes, bridges] = [pnsIn(work.takes), pnsIn(work.bridges)];
  const rows = [...gatewayScope({ takes, bridges }), ...rightsIn(work.may, GATEWAY_RIGHTS)];
  if (rows.length === 0) pnIn('');
  try {
    return together(rows);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new UsageError(`a grant has ${ImplementationLimits.grantMaxRows} PNs and groups at most`);
  }
}

export async function revokeGateways(work: Work): Promise<void> {
  await checkKnown(work);
  for (const id of work.names) {
    await revokeGrants(work.store, id, GATEWAY_GRANTS);
    await forgetQuestions(work.store, id, 'bridge-open');
    work.say(`${id} revoked`);
  }
}

/** `switch GROUP [GATEWAY]`: the server decides, and does it as soon as that gateway is there. */
export async function switchGateway({ store, provider, names, say }: Work): Promise<void> {
  const [word = '', gateway, ...others] = names;
  if (others.length > 0) throw new UsageError('admin switch takes a PN, and the name of a gateway');
  const reference = pnIn(word);
  const { ledger, changes } = await openGroups(store, provider);
  if (!ledger.groups.has(reference)) throw new UsageError(`there is no PN ${word}: group list shows them`);
  if (gateway === undefined) {
    await cancelSwitch(store, reference);
    return done(say, `${reference} may be at any gateway`, (then) =>
      changes.switchGateway(reference, undefined, then),
    );
  }
  await checkKnown({ store, names: [gateway] });
  await requestSwitch(store, reference, gateway);
  say(`${reference} goes to ${gateway}, if the server finds a grant for that, as soon as it is there`);
}

/** What stands behind the name of a gateway in a list. */
export async function takesMark({ store }: Work, id: string): Promise<string> {
  return (await grantIn(store, id, GATEWAY_GRANTS)) === undefined ? '' : ' (has a grant)';
}

function pnsIn(text: string): number[] {
  return text === '' ? [] : text.split(',').map((word) => groupNumber(pnIn(word)));
}

/** Throws what is no PN, as lists number them. */
export function pnIn(word: string): number {
  const reference = /^\d{1,7}$/.test(word) ? Number(word) : 0;
  if (!isPersonalNetwork(reference) || reference > ImplementationLimits.maxGroupReference)
    throw new UsageError(
      `${word === '' ? 'a PN is needed' : `${word} is no PN`}: group list shows their numbers`,
    );
  return reference;
}

async function checkKnown({ store, names }: Pick<Work, 'store' | 'names'>): Promise<void> {
  if (names.length === 0) throw new UsageError('names of gateways are needed: list-gateways shows them');
  const known = (await readAll(store, GATEWAYS)).map(({ subject }) => subject);
  for (const id of names) if (!known.includes(id)) throw new UsageError(`no gateway is called ${id}`);
}
