// SPDX-License-Identifier: Apache-2.0

import { type OrderAnswer, openOrders } from '../orders.ts';
import type { KeyValueStore } from '../store/store.ts';
import type { Asking } from './asking.ts';
import type { Log } from './log.ts';

/** What whoever administers a gateway program has it ask its server for (`admin pn`). */
export function openGatewayOrders(
  store: KeyValueStore,
  log: Log,
  asking: Asking,
): Promise<{ close(): void }> {
  return openOrders({
    store,
    now: () => Math.floor(Date.now() / 1000),
    async ask(wish): Promise<OrderAnswer> {
      const answer = await asking(wish);
      log('asked', { operation: wish.operation, ...(answer !== undefined && { status: answer.status }) });
      return answer;
    },
    onFailed: ({ message }) => log('orders-failed', { reason: message }),
  });
}
