// SPDX-License-Identifier: Apache-2.0

/** Records as full COSE messages, ours opened by pycose and pycose's by ours. */
import { Algorithm, algorithmParameters } from '../../src/crypto/algorithms.ts';
import { type Check, expectRefusal } from './check.ts';
import type { End, Values } from './end.ts';

const ALGORITHMS = Object.freeze([
  Algorithm.AES_CCM_16_64_128,
  Algorithm.AES_CCM_16_128_128,
  Algorithm.A128GCM,
  Algorithm.CHACHA20_POLY1305,
  Algorithm.HMAC_256_64,
  Algorithm.HMAC_256_256,
]);

/** Partial IVs of every length that the key limits of all algorithms allow. */
const SEQUENCES = Object.freeze([0, 127, 128, 255, 256, 65_535, 65_536, 1_000_000]);

/** Sender IDs of either end, and ID contexts, in hexadecimal. */
const IDENTIFIERS = Object.freeze([
  { here: '0a', there: '0b', context: '' },
  { here: '', there: '010203040506', context: '' },
  { here: 'c0ff', there: '0b', context: '37cbf3210017a2d3' },
]);

const PLAINTEXTS = Object.freeze(['', 'a2617419012c61750a', '5a'.repeat(300)]);

/** RFC 8613 appendix C.1. */
const SECRETS = Object.freeze({ secret: '0102030405060708090a0b0c0d0e0f10', salt: '9e7ca92223786340' });

interface Direction {
  readonly sender: End;
  readonly recipient: End;
  /** With what the recipient refuses a record that was changed. */
  readonly refusal: string;
}

export function recordChecks(ours: End, theirs: End): Check[] {
  return ALGORITHMS.flatMap((algorithm) => {
    const parameters = algorithmParameters(algorithm)!;
    const name = `record ${ours.name}  ${(parameters as { name: string }).name}`;
    const refusal = parameters.kind === 'mac' ? 'integrityFailure' : 'decryptionFailure';
    const outgoing = { sender: ours, recipient: theirs, refusal: 'InvalidTag' };
    const incoming = { sender: theirs, recipient: ours, refusal };
    return [
      directionCheck(`${name}: ours opened by pycose`, algorithm, outgoing),
      directionCheck(`${name}: pycose's opened by ours`, algorithm, incoming),
    ];
  });
}

function directionCheck(name: string, algorithm: number, direction: Direction): Check {
  return {
    name,
    async run() {
      let opened = 0;
      for (const identifiers of IDENTIFIERS) {
        for (const sequence of SEQUENCES) {
          await openContexts(direction, algorithm, identifiers, sequence);
          for (const plaintext of PLAINTEXTS) opened += await exchange(direction, plaintext);
        }
        await changed(direction);
      }
      return `${opened} records, ${IDENTIFIERS.length} changed ones refused`;
    },
  };
}

async function openContexts(
  { sender, recipient }: Direction,
  algorithm: number,
  { here, there, context }: (typeof IDENTIFIERS)[number],
  sequence: number,
): Promise<void> {
  const common = { ...SECRETS, algorithm: `${algorithm}`, id_context: context, sequence: `${sequence}` };
  await sender.ask({ do: 'context', ...common, sender_id: here, recipient_id: there });
  await recipient.ask({ do: 'context', ...common, sender_id: there, recipient_id: here });
}

async function exchange({ sender, recipient }: Direction, plaintext: string): Promise<number> {
  const { message } = await sender.ask({ do: 'protect', plaintext });
  const received: Values = await recipient.ask({ do: 'unprotect', message: message! });
  if (received.plaintext === plaintext) return 1;
  throw new Error(`${message}\n      sent    ${plaintext}\n      opened  ${received.plaintext}`);
}

/** The last bit of a record is one of its tag. */
async function changed({ sender, recipient, refusal }: Direction): Promise<void> {
  const { message } = await sender.ask({ do: 'protect', plaintext: '00' });
  const last = (Number.parseInt(message!.slice(-1), 16) ^ 1).toString(16);
  const flipped = message!.slice(0, -1) + last;
  await expectRefusal(() => recipient.ask({ do: 'unprotect', message: flipped }), refusal);
}
