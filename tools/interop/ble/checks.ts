// SPDX-License-Identifier: Apache-2.0

/** Two host stacks over our controllers: what they say to each other has to come through. */
import type { Check } from '../check.ts';
import type { End } from '../end.ts';
import { ALTERATIONS } from './alterations.ts';
import { type Devices, type DevicesOptions, openDevices } from './devices.ts';
import { failToPair, METHODS, type Method, pair, REFUSALS } from './pairing.ts';

/** The largest that is of use to attributes, which both stacks ask for. */
const MTU = '517';
/** Milliseconds. */
const ALTERATION_PATIENCE = 2000;
const COMPARISON = ['DISPLAY_YES_NO', 'DISPLAY_YES_NO'] as const;
/** Octets of values: within a packet, just beyond one, as long as an attribute may be. */
const LENGTHS = [1, 20, 21, 100, 244, 245, 300, 512];

export function bleChecks(options: DevicesOptions): Check[] {
  const name = options.stacks.map((stack) => stack.padEnd(8)).join(' -> ');
  const check = (what: string, run: (devices: Devices) => Promise<string>): Check => ({
    name: `ble    ${name}: ${what}`,
    async run() {
      const devices = await openDevices(options);
      try {
        return await run(devices);
      } finally {
        await devices.close();
      }
    },
  });
  return [
    ...METHODS.map((method) =>
      check(method.name, async (devices) => {
        const values = await pairAndTalk(method, devices);
        await reencrypt(method, devices);
        return `${values} values, encrypted again after a restart of both`;
      }),
    ),
    ...REFUSALS.map((method) =>
      check(`${method.name} is refused`, async (devices) => {
        const [central, peripheral] = await connected(method.io, devices);
        const reason = await failToPair(method, central, peripheral);
        await expectRefused(central);
        return reason;
      }),
    ),
    check('changed on the air, nothing pairs', async (devices) => {
      const [central, peripheral] = await devices.start(COMPARISON);
      for (const host of [central, peripheral]) await host.ask({ do: 'agree' });
      for (const { tap } of ALTERATIONS) {
        await connect(central, peripheral, devices);
        const remove = devices.air.tap(tap());
        await failToPair({ attend: async () => undefined }, central, peripheral, ALTERATION_PATIENCE);
        remove();
        await expectRefused(central);
        await central.ask({ do: 'disconnect' });
        await peripheral.ask({ do: 'disconnected' });
      }
      return `${ALTERATIONS.length} alterations`;
    }),
  ];
}

async function pairAndTalk(method: Method, devices: Devices): Promise<number> {
  const [central, peripheral] = await connected(method.io, devices);
  await expectRefused(central);
  await pair(method, central, peripheral);
  const { mtu } = await central.ask({ do: 'exchangeMtu' });
  if (mtu !== MTU) throw new Error(`an MTU of ${mtu}, expected: ${MTU}`);
  const values = await talk(central, peripheral);
  await end(central, peripheral);
  return values;
}

/** Both hosts are new processes: what they have is on their disks. */
async function reencrypt(method: Method, devices: Devices): Promise<void> {
  const [central, peripheral] = await connected(method.io, devices);
  await expectRefused(central);
  await central.ask({ do: 'encrypt' });
  await peripheral.ask({ do: 'encrypted' });
  await expectValue(central, 'secured', Buffer.from('secured').toString('hex'));
  await end(central, peripheral);
}

async function connected(io: Method['io'], devices: Devices): Promise<[End, End]> {
  const [central, peripheral] = await devices.start(io);
  await connect(central, peripheral, devices);
  return [central, peripheral];
}

async function connect(central: End, peripheral: End, devices: Devices): Promise<void> {
  await peripheral.ask({ do: 'advertise' });
  await central.ask({ do: 'connect', peer: devices.addresses[1] });
  await peripheral.ask({ do: 'connected' });
  await central.ask({ do: 'discover' });
}

async function end(central: End, peripheral: End): Promise<void> {
  await central.ask({ do: 'disconnect' });
  await peripheral.ask({ do: 'disconnected' });
  for (const host of [central, peripheral]) await host.close();
}

/** The control: without encryption the open value can be read, and the other cannot. */
async function expectRefused(central: End): Promise<void> {
  await expectValue(central, 'open', Buffer.from('open').toString('hex'));
  const seen = await central.ask({ do: 'read', uuid: 'secured' }).catch(() => undefined);
  if (seen !== undefined) throw new Error('an encrypted value was read without encryption');
}

async function talk(central: End, peripheral: End): Promise<number> {
  await expectValue(central, 'secured', Buffer.from('secured').toString('hex'));
  await central.ask({ do: 'subscribe' });
  for (const length of LENGTHS) {
    const value = Buffer.alloc(length, length).toString('hex');
    await central.ask({ do: 'write', value });
    const written = await peripheral.ask({ do: 'written' });
    if (written.value !== value) throw new Error(`${length} octets were written as ${written.value}`);
    await peripheral.ask({ do: 'notify', value });
    const notified = await central.ask({ do: 'notified' });
    if (notified.value !== value) throw new Error(`${length} octets were notified as ${notified.value}`);
  }
  return 1 + 2 * LENGTHS.length;
}

async function expectValue(central: End, uuid: string, expected: string): Promise<void> {
  const { value } = await central.ask({ do: 'read', uuid });
  if (value !== expected) throw new Error(`read ${value}, expected: ${expected}`);
}
