// SPDX-License-Identifier: Apache-2.0

/** Bridges to a PN that a PNE owns: its gateway asks the server, and the server asks the PNE. */
import type { Answer, Context } from '../authorization/decision.ts';
import { decideBridge } from '../authorization/gateway-access.ts';
import { groupNumber } from '../keys/reference.ts';
import { refuse } from '../refusal.ts';
import { BridgeWord } from './bridge-wish.ts';
import { type GroupRecord, isMember } from './group-record.ts';
import { networkAt } from './service-networks.ts';
import { nameIn, type ServiceCase, type ServiceHandler, textsOf } from './service-operation.ts';

/**
 * By the gateway of the PN, about one that a grant here lets have a bridge to it. Where its owner has not been asked he
 * is, once this is answered.
 */
export const askBridge: ServiceHandler = (asked) => {
  const gateway = nameIn(textsOf(asked, 1)[0]);
  const { asker, consents, grants } = asked;
  if (asker.role !== 'gateway' || consents === undefined) refuse('notAuthorized');
  const network = networkAt(asked) ?? refuse('groupUnknown');
  if (!isAt(asked, network)) refuse('notAuthorized');
  const { owner } = network;
  if (owner === undefined) return { results: [BridgeWord.nobody, 0] };
  const number = groupNumber(network.reference);
  const question = { operation: 'bridge-open', subject: gateway, target: String(number) } as const;
  const answer = answerOf(consents.contextOf(question), owner);
  const context = { openness: 'ask', owner, ...(answer !== undefined && { answer }) } as const;
  const decision = decideBridge(grants.gateway, gateway, number, context);
  if (decision.kind === 'permit') return { results: [BridgeWord.consented, consents.secondsFor(question)] };
  if (decision.kind === 'ask') return { results: [BridgeWord.waits, 0], asks: { question, owner } };
  // A grant there has to be, whatever the owner says.
  if (answer !== 'refused') refuse(decision.reason);
  return { results: [BridgeWord.refused, consents.secondsFor(question)] };
};

/** What somebody has answered who owned it before is no answer. */
function answerOf({ openness, owner, answer }: Context, present: string): Answer | undefined {
  return openness === 'ask' && owner === present ? answer : undefined;
}

/** Whether the PN is at the gateway that asks, or may be and has a member there. */
function isAt({ asker, neighbours }: ServiceCase, network: GroupRecord): boolean {
  if (network.gateway !== undefined) return network.gateway === asker.name;
  return neighbours().some((id) => isMember(network, id));
}
