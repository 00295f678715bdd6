// SPDX-License-Identifier: Apache-2.0

/** What the page does to the devices and groups of a server or a gateway: what `pne-runtime admin` does. */
import type { CryptoProvider, Secret } from '../../crypto/provider.ts';
import type { Credential } from '../../handshake/credential.ts';
import { DEVICES } from '../devices.ts';
import { networkOf } from '../onboarding-code.ts';
import { qrModules } from '../onboarding-qr.ts';
import type { PageAction, PageActions } from '../page/actions.ts';
import type { ReadingTracer } from '../page/trace/tracer.ts';
import type { KeyValueStore } from '../store/store.ts';
import { remove } from './admin.ts';
import { consent, refuseAsks } from './admin-consents.ts';
import { DEFAULT_DAYS, grant, revoke, type Work } from './admin-grants.ts';
import { administerGroups } from './admin-groups.ts';
import { newCode } from './new-code.ts';
import type { ProgramPage } from './page.ts';

/** What a device has none of. */
const NO_ENTITY = Object.freeze({
  ...{ read: '', command: '', publish: '', capabilities: '' },
  ...{ takes: '', bridges: '', owner: '', may: '', json: '' },
});

interface Administered {
  readonly store: KeyValueStore;
  readonly provider: CryptoProvider;
}

/** Each takes the `name` of a device. */
export function deviceActions(
  administered: Administered,
): Readonly<Record<'remove' | 'revoke' | 'grant', PageAction>> {
  const action =
    (run: (work: Work) => Promise<void>): PageAction =>
    ({ name = '' }) =>
      said((say) =>
        run({ ...administered, ...NO_ENTITY, names: [name], roll: DEVICES, days: DEFAULT_DAYS, say }),
      );
  return { remove: action(remove), revoke: action(revoke), grant: action(grant) };
}

/** `rekey` takes the number of a `group`. */
export function groupActions({ store, provider }: Administered): Readonly<Record<'rekey', PageAction>> {
  return {
    rekey: ({ group = '' }) =>
      said((say) => administerGroups({ store, provider, names: ['rekey', group], say })),
  };
}

/** Answers in the place of an owner: both take the `number` of a question. */
export function consentActions(
  administered: Administered,
): Readonly<Record<'consent' | 'refuse', PageAction>> {
  const action =
    (run: (work: Work) => Promise<void>): PageAction =>
    ({ number = '' }) =>
      said((say) =>
        run({ ...administered, ...NO_ENTITY, names: [number], roll: DEVICES, days: CONSENT_DAYS, say }),
      );
  return { consent: action(consent), refuse: action(refuseAsks) };
}

/** As long as the answer of an owner that does not say how long. */
const CONSENT_DAYS = '30';

export interface AdministeredServer extends Administered {
  readonly root: Secret;
  readonly server: Credential;
  readonly page: Pick<ProgramPage, 'feed' | 'tracer' | 'drop'>;
}

/** What may be done at a server: with `add`, a code for a device, whose `name` it takes. */
export function serverActions({ root, server, page, ...administered }: AdministeredServer): PageActions {
  const { feed, tracer } = page;
  const devices = deviceActions(administered);
  return {
    ...devices,
    ...groupActions(administered),
    ...consentActions(administered),
    /** A code is on no list that is followed. */
    async remove(fields): Promise<unknown> {
      const said = await devices.remove(fields);
      page.drop(fields.name!);
      return said;
    },
    async add({ name = '' }): Promise<string> {
      const { secret, code } = await newCode(
        { ...administered, root, network: networkOf(server.cred) },
        name,
      );
      secret.fill(0);
      if (!feed?.has(name)) feed?.add(name, 'pne', 'is to join by its code');
      feed?.code(name, { text: code, rows: qrModules(code) });
      return `${name} may join by its code`;
    },
    follow: followAction(tracer),
  };
}

/** `follow` takes the name of a `pne` and the `id` of a reading. */
export function followAction(tracer: ReadingTracer): PageAction {
  return ({ pne = '', id = '' }) =>
    tracer.view(pne, Number(id)) ??
    Promise.reject(new Error('this reading is not kept any more: follow a newer one'));
}

/** What a command says, in one line. */
async function said(run: (say: (line: string) => void) => Promise<void>): Promise<string> {
  const lines: string[] = [];
  await run((line) => void lines.push(line));
  return lines.join('; ');
}
