// SPDX-License-Identifier: Apache-2.0

import { type Claim, claimAbout, type Model } from './claim.ts';

const MODEL: Model = { file: 'delivery.pml', includes: ['faults.pml'] };
const holds = claimAbout(MODEL, 'holds');
const violated = claimAbout(MODEL, 'violated');

/** What was sent may arrive late anyway, so that losses add nothing to what can be delivered twice. */
const TWO_FAULTS = ['LOSSES=0', 'FAULTS=2'];
const ONE_FAULT = ['LOSSES=2', 'FAULTS=1'];

/** The weakened models are here so that a check that cannot fail is found out. */
export const DELIVERY_CLAIMS: readonly Claim[] = [
  holds('two faults: once, and confirmed only if delivered', 'ONCE', ...TWO_FAULTS),
  holds('two faults: nothing is unknown without a cause', 'REPORTED', ...TWO_FAULTS),
  holds('losses and a fault: everything gets its outcome', 'SETTLED', ...ONE_FAULT),
  violated(
    'weakened, no window and what is too old is confirmed: a reading is lost',
    'ONCE',
    'NO_WINDOW',
    'CONFIRM_OLD',
    ...TWO_FAULTS,
  ),
  violated('weakened, no window: a reading is never settled', 'SETTLED', 'NO_WINDOW', ...ONE_FAULT),
  violated('weakened, no tag: a rolled-back store is not told', 'ONCE', 'NO_TAG', ...TWO_FAULTS),
  violated('weakened, a receipt before the commit', 'ONCE', 'EARLY_RECEIPT', ...TWO_FAULTS),
  violated('weakened, a receipt in a later session', 'ONCE', 'LATE_RECEIPT', ...TWO_FAULTS),
  violated('weakened, no epoch of the stream: a content is lost', 'ONCE', 'NO_STREAM_EPOCH', ...TWO_FAULTS),
  violated('weakened, contents are sent again to a new boot', 'ONCE', 'SEND_AGAIN', ...TWO_FAULTS),
  violated('weakened, a late registration is judged', 'REPORTED', 'STALE_REGISTRATION', ...TWO_FAULTS),
  violated('weakened, no resending: a reading is never settled', 'SETTLED', 'NO_RESEND', ...ONE_FAULT),
  violated('all can be confirmed in spite of losses and a fault', 'UNREACHED', ...ONE_FAULT),
];
