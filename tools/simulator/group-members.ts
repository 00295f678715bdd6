// SPDX-License-Identifier: Apache-2.0

/** How the group of a run comes to be and to its members: as PNEs ask, or as whoever administers the server does it. */
import type { OrderAnswer } from '../../firmware/orders/news-message.ts';
import { type Order, OrderKind } from '../../firmware/orders/order-message.ts';
import type { ServerKeys } from '../../src/roles/server-keys.ts';
import type { Wish } from '../../src/roles/service-message.ts';
import { createGroup, discoverGroups, groupsIn, referenceIn } from '../../src/roles/service-wishes.ts';
import type { Board } from './board.ts';
import type { Population } from './population.ts';

export interface GroupMembers {
  /** Makes a group for these PNEs, the first of which is in it from then on, and returns its reference. */
  create(name: string, pneIds: readonly string[]): Promise<number>;
  /** Another of them comes to be in it. */
  join(name: string, pneId: string): Promise<void>;
  leave(reference: number, pneId: string): Promise<void>;
  /** Who made it and how the others came, for people. */
  begun(pneIds: readonly string[]): string;
  /** What became of one that is in it no more. */
  readonly left: string;
}

/** By what they ask for, where each has a board that takes orders. */
export function groupMembers(
  boards: readonly Board[],
  keys: ServerKeys,
  population: Pick<Population, 'userOf'>,
): GroupMembers {
  if (!boards.every(({ takesOrders }) => takesOrders)) return administered(keys);
  return askedFor((pneId, order) => population.userOf(pneId).order(order));
}

/** Each PNE is ordered to ask for it. Throws what one was refused. */
function askedFor(order: (pneId: string, order: Order) => Promise<OrderAnswer>): GroupMembers {
  async function ask(pneId: string, wish: Wish): Promise<OrderAnswer> {
    return carriedOut(pneId, await order(pneId, { kind: OrderKind.wish, ...wish }));
  }
  return {
    create: async (name, [first]) => referenceIn(await ask(first!, createGroup(name))),
    async join(name, pneId): Promise<void> {
      const found = groupsIn(await ask(pneId, discoverGroups())).entries.find((group) => group.name === name);
      if (found === undefined) throw new Error(`${pneId} finds no group ${name}`);
      carriedOut(pneId, await order(pneId, { kind: OrderKind.join, reference: found.reference }));
    },
    async leave(reference, pneId): Promise<void> {
      carriedOut(pneId, await order(pneId, { kind: OrderKind.leave, reference }));
    },
    begun: ([first, ...others]) =>
      `made by ${first}${others.length > 0 ? `, found and joined by ${others.length} more` : ''}`,
    left: 'left',
  };
}

function carriedOut(pneId: string, answer: OrderAnswer): OrderAnswer {
  const { reason, status } = answer;
  if (reason === 0 && status === 0) return answer;
  throw new Error(`${pneId} was refused what it asked for: reason ${reason}, status ${status}`);
}

/** The server's owner does it: of boards whose images ask for nothing. */
function administered(keys: ServerKeys): GroupMembers {
  return {
    create: (name, members) =>
      new Promise((resolve, reject) =>
        keys.create({ kind: 'service', name, members }, (reference, refused) =>
          reference === undefined ? reject(new Error(refused)) : resolve(reference),
        ),
      ),
    join: async () => undefined,
    leave: async (reference, pneId) => keys.remove(reference, pneId),
    begun: () => 'made by the server',
    left: 'was removed',
  };
}
