// SPDX-License-Identifier: Apache-2.0

import { Refusal } from '../../refusal.ts';
import type { ServiceAnswer, Wish } from '../../roles/service-message.ts';
import type { PnGateway } from '../pn-gateway.ts';

/** Undefined: the server is away, takes no such wishes, or has not answered. */
export type Asking = (wish: Wish) => Promise<ServiceAnswer | undefined>;

/** Asks for one thing after the other, whoever of the program asks. */
export function askingInTurn({ ask }: Pick<PnGateway, 'ask'>): Asking {
  let last: Promise<unknown> = Promise.resolve();
  return (wish) => {
    const answered = last.then(() => answerTo(ask, wish));
    last = answered.catch(() => undefined);
    return answered;
  };
}

function answerTo(ask: PnGateway['ask'], wish: Wish): Promise<ServiceAnswer | undefined> {
  return new Promise((resolve, reject) => {
    try {
      ask(wish, resolve);
    } catch (error) {
      if (error instanceof Refusal) resolve(undefined);
      else reject(error);
    }
  });
}
