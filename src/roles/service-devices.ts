// SPDX-License-Identifier: Apache-2.0

/** What PNEs ask of the devices of a PN: which there are, and what one of them can do. */
import { encodeFlat } from '../cbor/flat.ts';
import { groupNumber, isPersonalNetwork } from '../keys/reference.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { type GroupRecord, isMember } from './group-record.ts';
import { demand, pageOf, type ServiceCase, type ServiceHandler, textsOf } from './service-operation.ts';

/** By their ids, behind the one that is named. */
export const listDevices: ServiceHandler = (asked) => {
  const [after = ''] = textsOf(asked, 0, 1);
  demand(asked, 'devices-read', groupNumber(asked.wish.number));
  const ids = networkAt(asked).members.map(({ pneId }) => pneId);
  const list = ids.filter((id) => id > after).sort();
  // Any number but 0 says that there are more: they are behind the last of these.
  return {
    results: pageOf(list.map((id) => ({ at: 1, entry: encodeFlat([id, asked.isHere(id) ? 1 : 0]) }))),
  };
};

/** Whether there is a way to it now, names of the fields that it reports, as far as it has told, and its groups' services. */
export const describeDevice: ServiceHandler = (asked) => {
  const [pneId = ''] = textsOf(asked, 1);
  demand(asked, 'devices-capabilities', groupNumber(asked.wish.number));
  if (!isMember(networkAt(asked), pneId)) refuse('credentialUnknown');
  const services = servicesOf(asked, pneId).slice(0, ImplementationLimits.pneMaxGroups);
  const results = [asked.isHere(pneId) ? 1 : 0, encodeFlat(asked.fieldsOf(pneId)), encodeFlat(services)];
  return { results };
};

function networkAt({ wish, view }: ServiceCase): GroupRecord {
  const network = isPersonalNetwork(wish.number) ? view.groups.get(wish.number) : undefined;
  return network ?? refuse('groupUnknown');
}

/** Of its groups that say what they are for, each once. */
function servicesOf({ view }: ServiceCase, pneId: string): string[] {
  const own = [...view.groups.values()].filter((group) => group.service !== '' && isMember(group, pneId));
  return [...new Set(own.map(({ service }) => service))];
}
