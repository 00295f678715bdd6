// SPDX-License-Identifier: Apache-2.0

/** Whether somebody may do something: decided by whoever receives the request, over the table of operations. */
import type { ReasonName } from '../refusal.ts';
import { type EntityRole, kindOf, OPERATIONS, type OperationName } from './operations.ts';
import { permits, type Scope } from './scope.ts';

export type Decision =
  | { readonly kind: 'permit' }
  | { readonly kind: 'deny'; readonly reason: DenyReason }
  /** Permitted where this entity consents. */
  | { readonly kind: 'ask'; readonly entity: string };

export type DenyReason = Extract<ReasonName, 'notAuthorized' | 'notOwner' | 'consentRequired'>;

/** Who asks: verified, by a handshake or a record. */
export interface Subject {
  readonly role: EntityRole;
  readonly name: string;
  /** Of the grants for it that hold now. */
  readonly scope: Scope;
}

/** What the receiver knows of the object. What it does not know is left out, and permits nothing. */
export interface Context {
  /**
   * The name of its owner; of a bridge that of the PN's administrator; of an administration, or of the role of a PN's
   * gateway, that of the PN's owner, or of who acts in his place.
   */
  readonly owner?: string;
  /** What its owner is; a PNE, unless given. Another entity that is called as the owner is not it. */
  readonly ownerRole?: EntityRole;
  readonly isMember?: boolean;
  /** How open a content or a PN to bridges is. */
  readonly openness?: Openness;
  /** What its owner has answered to this subject, where that still holds. */
  readonly answer?: Answer;
}

export type Openness = 'open' | 'ask' | 'closed';
export type Answer = 'consented' | 'refused';

/** The owner of what no entity owns: whoever administers. No entity has this name. */
export const ADMINISTRATOR = '';

const PERMIT: Decision = Object.freeze({ kind: 'permit' });
const NOT_AUTHORIZED = deny('notAuthorized');
const NOT_OWNER = deny('notOwner');
const CONSENT_REQUIRED = deny('consentRequired');

/** What the table does not permit is denied. */
export function authorize(
  { role, name, scope }: Subject,
  action: OperationName,
  object: number,
  { isMember = false, ownerRole = 'pne', ...context }: Context,
): Decision {
  const { kind, bit, roles, rule } = OPERATIONS[action];
  if (kindOf(object) !== kind || !roles.includes(role)) return NOT_AUTHORIZED;
  if (rule === 'member') return isMember ? PERMIT : NOT_AUTHORIZED;
  if (!permits(scope, object, bit)) return NOT_AUTHORIZED;
  if (rule === 'grant' || (context.owner === name && ownerRole === role)) return PERMIT;
  if (rule === 'owner') return NOT_OWNER;
  return byOpenness(context);
}

function byOpenness({ openness = 'closed', owner, answer }: Context): Decision {
  if (openness === 'open') return PERMIT;
  if (openness === 'closed' || answer === 'refused') return NOT_AUTHORIZED;
  if (answer === 'consented') return PERMIT;
  return owner === undefined ? CONSENT_REQUIRED : { kind: 'ask', entity: owner };
}

function deny(reason: DenyReason): Decision {
  return Object.freeze({ kind: 'deny', reason });
}
