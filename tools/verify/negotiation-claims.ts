// SPDX-License-Identifier: Apache-2.0

import { type Claim, claimAbout, type Model, type Verdict } from './claim.ts';

const MODEL: Model = { file: 'negotiation.pml', includes: ['attacker.pml', 'lossy.pml'] };
const holds = claimAbout(MODEL, 'holds');
const violated = claimAbout(MODEL, 'violated');

/** The weakened models are here so that a check that cannot fail is found out. */
export const NEGOTIATION_CLAIMS: readonly Claim[] = [
  holds('attacker: both ends complete with one offer and one choice', 'AGREEMENT'),
  holds('attacker: the choice is the one an undisturbed exchange makes', 'DOWNGRADE'),
  holds('attacker: no completed handshake below either floor', 'FLOOR'),
  deadlock('attacker: nobody waits for ever', 'holds'),
  holds('EDHOC transcript without echo: agreement', 'AGREEMENT', 'TRANSCRIPT', 'NO_ECHO'),
  holds('EDHOC transcript without echo: no downgrade', 'DOWNGRADE', 'TRANSCRIPT', 'NO_ECHO'),
  holds('loss, delay, copies: every handshake completes where something is common', 'LOSSY', 'COMPLETION'),
  deadlock('loss, delay, copies: nobody waits for ever', 'holds', 'LOSSY'),
  violated('weakened, no echo: ends disagree', 'AGREEMENT', 'NO_ECHO'),
  violated('weakened, no echo: downgrade', 'DOWNGRADE', 'NO_ECHO'),
  violated('weakened, no floor: below a floor', 'FLOOR', 'NO_FLOOR'),
  violated(
    'weakened, a late copy of message_1 opens a new handshake: none completes',
    'LOSSY',
    'COMPLETION',
    'NO_MEMORY',
  ),
  deadlock('weakened, no resending: somebody waits for ever', 'violated', 'LOSSY', 'NO_TIMER'),
  violated('a handshake can complete under attack', 'UNREACHED'),
];

function deadlock(name: string, expected: Verdict, ...defines: string[]): Claim {
  return { model: MODEL, name, defines, checks: 'deadlock', expected };
}
