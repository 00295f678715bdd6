// SPDX-License-Identifier: Apache-2.0

import { Refusal } from '../../refusal.ts';
import type { Wish } from '../../roles/service-message.ts';
import { type OrderAnswer, openOrders } from '../orders.ts';
import type { PnGateway } from '../pn-gateway.ts';
import type { KeyValueStore } from '../store/store.ts';
import type { Log } from './log.ts';

/** What whoever administers a gateway program has it ask its server for (`admin pn`). */
export function openGatewayOrders(
  store: KeyValueStore,
  log: Log,
  gateway: Pick<PnGateway, 'ask'>,
): Promise<{ close(): void }> {
  return openOrders({
    store,
    now: () => Math.floor(Date.now() / 1000),
    async ask(wish): Promise<OrderAnswer> {
      const answer = await asked(gateway, wish);
      log('asked', { operation: wish.operation, ...(answer !== undefined && { status: answer.status }) });
      return answer;
    },
    onFailed: ({ message }) => log('orders-failed', { reason: message }),
  });
}

/** Without a server, or where no server takes that, nothing is asked. */
function asked({ ask }: Pick<PnGateway, 'ask'>, wish: Wish): Promise<OrderAnswer> {
  return new Promise((resolve, reject) => {
    try {
      ask(wish, resolve);
    } catch (error) {
      if (error instanceof Refusal) resolve(undefined);
      else reject(error);
    }
  });
}
