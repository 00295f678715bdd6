// SPDX-License-Identifier: Apache-2.0

/** Pairing of two ends by each method of LE Secure Connections, with us as the people in front of them. */
import type { End, EndRefused, Values } from '../end.ts';

export interface Method {
  readonly name: string;
  /** Of central and peripheral, as IOCapabilities of ble-host names them. */
  readonly io: readonly [string, string];
  /** Whether somebody in the middle would have been noticed. */
  readonly isAuthenticated: boolean;
  /** Does what people do. */
  attend(central: End, peripheral: End): Promise<void>;
}

export const METHODS: readonly Method[] = Object.freeze([
  {
    name: 'Just Works',
    io: ['NO_INPUT_NO_OUTPUT', 'NO_INPUT_NO_OUTPUT'],
    isAuthenticated: false,
    attend: async () => undefined,
  },
  {
    name: 'Passkey, typed at the central',
    io: ['KEYBOARD_ONLY', 'DISPLAY_ONLY'],
    isAuthenticated: true,
    attend: (central, peripheral) => carryPasskey(peripheral, central),
  },
  {
    name: 'Passkey, typed at the peripheral',
    io: ['DISPLAY_ONLY', 'KEYBOARD_ONLY'],
    isAuthenticated: true,
    attend: (central, peripheral) => carryPasskey(central, peripheral),
  },
  {
    name: 'Numeric Comparison',
    io: ['DISPLAY_YES_NO', 'DISPLAY_YES_NO'],
    isAuthenticated: true,
    attend: compare,
  },
]);

/** What people do wrong, or see: nothing may be paired then. */
export const REFUSALS: readonly Omit<Method, 'isAuthenticated'>[] = Object.freeze([
  {
    name: 'a wrong passkey',
    io: ['KEYBOARD_ONLY', 'DISPLAY_ONLY'],
    async attend(central, peripheral) {
      const { passkey } = await peripheral.ask({ do: 'prompt' });
      await central.ask({ do: 'prompt' });
      const wrong = String((Number(passkey) + 1) % 1_000_000).padStart(6, '0');
      await central.ask({ do: 'answer', passkey: wrong });
    },
  },
  {
    name: 'a comparison answered with no',
    io: ['DISPLAY_YES_NO', 'DISPLAY_YES_NO'],
    async attend(central, peripheral) {
      for (const end of [central, peripheral]) await end.ask({ do: 'prompt' });
      await central.ask({ do: 'answer', confirm: 'no' });
    },
  },
]);

/**
 * Pairs, and neither end may say that it has within `patience` milliseconds. Returns why, as the central says.
 * A stack that has met what it cannot read may say nothing at all.
 */
export async function failToPair(
  { attend }: Pick<Method, 'attend'>,
  central: End,
  peripheral: End,
  patience = 20_000,
): Promise<string> {
  await central.ask({ do: 'pair' });
  await attend(central, peripheral);
  const reasons: string[] = [];
  for (const end of [central, peripheral]) {
    const reason = await end.ask({ do: 'paired', patience: String(patience) }).then(
      () => undefined,
      (error: EndRefused) => error.reason,
    );
    if (reason === undefined) throw new Error(`${end.name} has paired`);
    reasons.push(reason);
  }
  return reasons[0]!;
}

/** Pairs, and both ends have to say of it what the method promises, and to name the channel alike. */
export async function pair(method: Method, central: End, peripheral: End): Promise<void> {
  await central.ask({ do: 'pair' });
  await method.attend(central, peripheral);
  const channels = new Set<string>();
  for (const end of [central, peripheral]) {
    const said = await end.ask({ do: 'paired' });
    expectLevel(end, method, said);
    channels.add(String(said.channel));
  }
  const [channel = '', other] = channels;
  if (other !== undefined || !/^[0-9a-f]{32}$/.test(channel))
    throw new Error(`a channel is called ${channel} there, ${other} here`);
}

async function carryPasskey(shown: End, typed: End): Promise<void> {
  const { passkey } = await shown.ask({ do: 'prompt' });
  const { kind } = await typed.ask({ do: 'prompt' });
  if (kind !== 'type') throw new Error(`${typed.name} wants nothing typed: ${kind}`);
  await typed.ask({ do: 'answer', passkey: passkey! });
}

async function compare(central: End, peripheral: End): Promise<void> {
  const prompts = [await central.ask({ do: 'prompt' }), await peripheral.ask({ do: 'prompt' })];
  const [ours, theirs] = prompts.map(({ kind, passkey }) => `${kind} ${passkey}`);
  if (ours !== theirs || prompts[0]!.kind !== 'compare') throw new Error(`${ours} there, ${theirs} here`);
  for (const end of [central, peripheral]) await end.ask({ do: 'answer', confirm: 'yes' });
}

function expectLevel(end: End, { isAuthenticated }: Method, { sc, mitm, bond }: Values): void {
  const level = `sc ${sc}, mitm ${mitm}, bond ${bond}`;
  const expected = `sc true, mitm ${isAuthenticated}, bond true`;
  if (level !== expected) throw new Error(`${end.name} says ${level}, expected: ${expected}`);
}
