// SPDX-License-Identifier: Apache-2.0

/** EDHOC with lakers: method 3, suite 2, credentials as CCS by kid. */
import { type Check, expectRefusal } from './check.ts';
import type { End } from './end.ts';
import { type Ends, exchangeMessages, introduce, type Scenario, shakeHands } from './handshake.ts';

const ROLES = ['initiator', 'responder'] as const;

const PLAIN: Scenario = {
  name: 'one-byte identifiers',
  ids: { cI: '0e', cR: '27', kidI: '2b', kidR: '32' },
  ead: ['', '', '', ''],
  suites: '2',
  confirmation: 'message_4',
};

/** RFC 9528's example: message_1 to message_3 with method 3, suite 2 and kids of one byte. */
const PLAIN_LENGTHS = '37+45+19';

const SCENARIOS: readonly Scenario[] = Object.freeze([
  PLAIN,
  {
    ...PLAIN,
    name: 'identifiers as byte strings',
    ids: { cI: '18', cR: 'c0ffee', kidI: '0102030405', kidR: 'f7' },
  },
  { ...PLAIN, name: 'empty C_I', ids: { ...PLAIN.ids, cI: '', cR: '01020304050607' } },
  { ...PLAIN, name: 'EAD in every message', ead: ['-32768=01', '-32768=0203 17', '17 -32768=', '17=ff'] },
  { ...PLAIN, name: 'a protected reply for message_4', confirmation: 'protected reply' },
]);

/** A preferred suite that lakers lacks, and the one it has. */
const SUITES_3_AND_2: Scenario = { ...PLAIN, name: 'suites 3 and 2 offered', suites: '3 2' };

/** All checks of one end of ours. Each handshake runs `repeats` times, with fresh keys. */
export function edhocChecks(ours: End, theirs: End, repeats: number): Check[] {
  return ROLES.flatMap((ourRole) => {
    const ends: Ends = { ours, theirs, ourRole };
    const scenarios = ourRole === 'initiator' ? [...SCENARIOS, SUITES_3_AND_2] : SCENARIOS;
    const theirRole = ourRole === 'initiator' ? 'responder' : 'initiator';
    return [...scenarios.map((scenario) => handshakeCheck(ends, scenario, repeats)), ...refusals(ends)].map(
      (check) => ({
        ...check,
        name: `edhoc  ${ours.name}  ${ourRole}, lakers ${theirRole}: ${check.name}`,
      }),
    );
  });
}

function handshakeCheck(ends: Ends, scenario: Scenario, repeats: number): Check {
  return {
    name: scenario.name,
    async run() {
      let lengths = '';
      for (let round = 0; round < repeats; round++) {
        await introduce(ends, scenario);
        const { ours } = await shakeHands(ends, scenario);
        const messages = [ours.message_1, ours.message_2, ours.message_3, ours.message_4];
        lengths = messages
          .filter((message) => message !== undefined)
          .map((message) => message.length / 2)
          .join('+');
      }
      if (scenario === PLAIN && !lengths.startsWith(`${PLAIN_LENGTHS}+`)) {
        throw new Error(`${lengths} bytes, expected: ${PLAIN_LENGTHS}`);
      }
      return `${repeats} runs, ${lengths} bytes`;
    },
  };
}

/** What each end refuses from the other, and with which words. */
function refusals(ends: Ends): Check[] {
  const { ours, theirs, ourRole } = ends;
  const { kidI, kidR } = PLAIN.ids;
  const [ourKid, theirKid] = ourRole === 'initiator' ? [kidI, kidR] : [kidR, kidI];
  return [
    refusal(ends, 'lakers with a credential we do not know', 'credentialUnknown', () =>
      theirs.ask({ do: 'identity', kid: '0c', subject: 'stranger' }),
    ),
    refusal(ends, 'lakers with a kid we know and another key', 'macInvalid', () =>
      theirs.ask({ do: 'identity', kid: theirKid, subject: 'impostor' }),
    ),
    refusal(ends, 'a credential of ours that lakers does not know', 'EDHOCError::UnexpectedCredential', () =>
      ours.ask({ do: 'identity', kid: '0c', subject: 'stranger' }),
    ),
    refusal(
      ends,
      'a kid of ours that lakers knows, and another key',
      'EDHOCError::MacVerificationFailed',
      () => ours.ask({ do: 'identity', kid: ourKid, subject: 'impostor' }),
    ),
    ...(ourRole === 'initiator' ? [unsupportedSuite(ends)] : []),
    criticalEad(ends),
  ];
}

/** Refused after both ends were introduced and one of them changed. */
function refusal(ends: Ends, name: string, reason: string, change: () => Promise<unknown>): Check {
  return {
    name,
    async run() {
      await introduce(ends, PLAIN);
      await change();
      return expectRefusal(() => exchangeMessages(ends, PLAIN), reason);
    },
  };
}

function unsupportedSuite(ends: Ends): Check {
  return {
    name: 'suite 3 alone, which lakers lacks',
    async run() {
      await introduce(ends, PLAIN);
      const scenario = { ...PLAIN, suites: '3' };
      return expectRefusal(() => exchangeMessages(ends, scenario), 'EDHOCError::UnsupportedCipherSuite');
    },
  };
}

/** lakers leaves the check of critical items to its application: only we can refuse them here. */
function criticalEad(ends: Ends): Check {
  return {
    name: 'a critical EAD item of lakers that we do not know',
    async run() {
      await introduce(ends, PLAIN);
      const item = '-1000=01';
      const scenario: Scenario = {
        ...PLAIN,
        ead: ends.ourRole === 'initiator' ? ['', item, '', ''] : [item, '', '', ''],
      };
      return expectRefusal(() => exchangeMessages(ends, scenario), 'criticalEadUnknown');
    },
  };
}
