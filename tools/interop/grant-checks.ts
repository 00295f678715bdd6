// SPDX-License-Identifier: Apache-2.0

/** Grants, made and read by cwt and cbor2; and the examples of RFC 8392, read by cwt. */
import { isDeepStrictEqual } from 'node:util';
import examples from '../vectors/cwt-rfc8392/examples.json' with { type: 'json' };
import { type Check, expectRefusal } from './check.ts';
import type { End, Values } from './end.ts';

const MAC_KEY = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff';
const { d: PRIVATE, x: X, y: Y } = examples['A.3'];
/** 2099: their reader compares with the time that it is. */
const EXP = '4070908800';
const KID: Values = { exp: EXP, cti: '0701f4', method: 'kid', cnf: '04', scope: '81820807' };
/** RFC 9679 section 6. */
const CKT = '496bd8afadf307e5b08c64b0421bf9dc01528a344a43bda88fadd1669da253ec';
const WIDE: Values = {
  exp: EXP,
  cti: '40410f4240',
  method: 'ckt',
  cnf: CKT,
  scope: '83820807821903eb1880821a000f42401903ff',
};
const CLAIMS = Object.freeze([KID, WIDE]);

export function grantChecks(ours: End, theirs: End): Check[] {
  return [
    {
      name: `grant  ${ours.name}: what we make cwt reads`,
      async run() {
        for (const claims of CLAIMS) {
          const maced = await ours.ask({ do: 'makeMac', key: MAC_KEY, ...claims });
          await compare(theirs, { do: 'read_mac', key: MAC_KEY, grant: maced.grant! }, claims);
          const signed = await ours.ask({ do: 'makeSigned', key: PRIVATE, ...claims });
          await compare(theirs, { do: 'read_signed', x: X, y: Y, grant: signed.grant! }, claims);
        }
        return `${CLAIMS.length} grants, under a MAC and signed`;
      },
    },
    {
      name: `grant  ${ours.name}: what cwt makes we read`,
      async run() {
        for (const claims of CLAIMS) {
          const maced = await theirs.ask({ do: 'make_mac', key: MAC_KEY, ...claims });
          await compare(ours, { do: 'readMac', key: MAC_KEY, grant: maced.grant! }, claims);
          const signed = await theirs.ask({ do: 'make_signed', x: X, y: Y, d: PRIVATE, ...claims });
          await compare(ours, { do: 'readSigned', key: X + Y, grant: signed.grant! }, claims);
        }
        return `${CLAIMS.length} grants, under a MAC and signed`;
      },
    },
    {
      name: `grant  ${ours.name}: both refuse a grant with a bit changed`,
      async run() {
        const { grant } = await ours.ask({ do: 'makeMac', key: MAC_KEY, ...KID });
        const changed = `${grant!.slice(0, -2)}${(Number.parseInt(grant!.slice(-2), 16) ^ 1).toString(16).padStart(2, '0')}`;
        await theirs.ask({ do: 'read_mac', key: MAC_KEY, grant: changed }).then(
          () => Promise.reject(new Error('cwt reads it')),
          () => undefined,
        );
        return expectRefusal(
          () => ours.ask({ do: 'readMac', key: MAC_KEY, grant: changed }),
          'integrityFailure',
        );
      },
    },
    {
      name: `grant  ${ours.name}: claims in the order in which the library writes them are refused`,
      async run() {
        const { grant } = await theirs.ask({ do: 'make_usual', key: MAC_KEY });
        return expectRefusal(
          () => ours.ask({ do: 'readMac', key: MAC_KEY, grant: grant! }),
          'notDeterministic',
        );
      },
    },
    {
      name: `grant  ${ours.name}: a key has one thumbprint (RFC 9679)`,
      async run() {
        const own = await ours.ask({ do: 'thumbprint', key: X + Y });
        const their = await theirs.ask({ do: 'thumbprint', x: X, y: Y });
        if (own.thumbprint !== their.thumbprint) throw new Error(`${own.thumbprint}, ${their.thumbprint}`);
        return own.thumbprint!;
      },
    },
  ];
}

export function exampleChecks(theirs: End): Check[] {
  return [
    {
      name: 'grant  cwt: the examples of RFC 8392 that our tests read',
      async run() {
        const { 'A.3': signed, 'A.4': maced } = examples;
        await theirs.ask({ do: 'verify_example', cwt: signed.cwt, x: X, y: Y, k: '' });
        await theirs.ask({ do: 'verify_example', cwt: maced.cwt, x: '', y: '', k: maced.k });
        return 'A.3 and A.4';
      },
    },
  ];
}

async function compare(
  reader: End,
  request: Values & { readonly do: string },
  claims: Values,
): Promise<void> {
  const read = await reader.ask(request);
  if (!isDeepStrictEqual({ ...read }, { ...claims }))
    throw new Error(`${JSON.stringify(read)}, not ${JSON.stringify(claims)}`);
}
