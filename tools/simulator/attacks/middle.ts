// SPDX-License-Identifier: Apache-2.0

import { randomBytes } from 'node:crypto';
import { Io, type PlayedBoard } from '../ble/played-board.ts';
import { Strangers } from '../ble/strangers.ts';
import { Air } from '../controller/air/air.ts';
import { startPacing } from '../controller/air/pacing.ts';
import type { Attack } from './attack.ts';
import type { Attempt } from './attempt.ts';
import { works } from './messages.ts';
import type { Strike } from './strike.ts';

/** Of the air in one of the wall, where nobody else is on it. */
const SPEED = 8;
const PASSKEYS = 1_000_000;
/** SMP's number (Bluetooth Core, Vol 3 Part H 3.5.5). */
const REASON = Object.freeze({ name: 'CONFIRM_VALUE_FAILED', number: 4 });
const DISPLAY = Object.freeze({ io: Io.display, mitm: 'yes' });
const KEYBOARD = Object.freeze({ io: Io.keyboard, mitm: 'yes' });

export const middle: Attack = {
  name: 'middle',
  title: 'Man in the middle of a pairing',
  does: 'Pairs with a new PNE in place of the gateway, and with the gateway in place of that PNE, to sit between them.',
  clause: 'pairing',
  strike: pairWithBoth,
  /** Who reads what the PNE shows is its user. */
  async control() {
    const air = new Air(randomBytes);
    const pacing = startPacing(air.clock, SPEED);
    const strangers = new Strangers(air);
    try {
      const { board, end, shown } = await pairAsGateway(strangers, addressOfItsOwn());
      await end.ask({ do: 'type', passkey: String(shown) });
      const [flags] = await board.take('secured');
      return works(flags !== undefined, 'an attacker who sees the display: the PNE took it for its gateway');
    } finally {
      await strangers.close();
      pacing.stop();
    }
  },
};

async function pairWithBoth({ target: { radio } }: Attempt): Promise<Strike> {
  if (radio === undefined) throw new Error('PNEs pair by Bluetooth LE alone: run with --link ble');
  const strangers = new Strangers(radio.air);
  try {
    const pne = addressOfItsOwn();
    const { board, end, shown } = await pairAsGateway(strangers, pne);
    const problem = radio.problemOf(pne);
    radio.shows(pne, shown);
    const asPne = await strangers.stranger('towards-gateway', pne, { ...DISPLAY, mischief: 'bluff' });
    await asPne.ask({ do: 'advertise' });
    const atGateway = await problem;
    await end.ask({ do: 'type', passkey: String((shown + 1) % PASSKEYS) });
    const [atPne] = await board.take('refused');
    return {
      isHeld: [atGateway, String(atPne)].every((text) => text.includes(REASON.name)),
      reason: REASON,
      lines: [`at the gateway: ${atGateway}`, `at the PNE: ${atPne}`],
    };
  } finally {
    await strangers.close();
  }
}

/** The PNE is new, and out of reach of its gateway, which would be faster otherwise. It shows a passkey. */
async function pairAsGateway(strangers: Strangers, pne: string) {
  const board = await strangers.board(pne, { io: Io.display, authenticated: 'yes', services: [] });
  const end = await strangers.stranger('towards-pne', addressOfItsOwn(), KEYBOARD);
  await end.ask({ do: 'connect', peer: pne });
  await end.ask({ do: 'pair' });
  await end.ask({ do: 'take', kind: 'prompt' });
  return { board, end, shown: await passkeyOf(board) };
}

async function passkeyOf(board: PlayedBoard): Promise<number> {
  const [, shown] = await board.take('passkey');
  return Number(shown);
}

/** Static random: its two highest bits are set. */
function addressOfItsOwn(): string {
  const octets = randomBytes(6);
  octets[0]! |= 0xc0;
  return [...octets].map((octet) => octet.toString(16).padStart(2, '0').toUpperCase()).join(':');
}
