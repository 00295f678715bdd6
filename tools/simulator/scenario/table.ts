// SPDX-License-Identifier: Apache-2.0

/** The scenarios of `--scenario`. */
import { tellBridge } from './bridge.ts';
import { tellConsent } from './consent.ts';
import { tellGroups } from './groups.ts';
import { tellKeys } from './keys.ts';
import { tellNetworks } from './networks.ts';
import type { Tell } from './play.ts';
import { tellRevocation } from './revocation.ts';
import { tellSwitching } from './switching.ts';

export interface ScenarioRow {
  readonly name: string;
  /** What it is about, on one line of usage.txt. */
  readonly summary: string;
  /** How its PNEs reach their gateways. */
  readonly link: 'ble' | 'stream';
  /** PNEs that it needs. */
  readonly leastPnes: number;
  /** Plays it. Undefined: it is a run like any other, on other layers (ims/scenario.ts). */
  readonly tell?: Tell;
  /** Options that do not go with it. */
  readonly refuses: readonly string[];
}

/** One that is told in steps has PNEs, readings and links of its own. */
const OWN = Object.freeze(['input', 'delimiter', 'output', 'board', 'algorithm', 'attack', 'without']);

export const SCENARIOS: readonly ScenarioRow[] = Object.freeze([
  {
    name: 'ims',
    summary: 'the deployment of CPNS figure 2: each interface is left to the layer that it names',
    link: 'ble',
    leastPnes: 1,
    refuses: ['attack'],
  },
  {
    name: 'keys',
    summary: 'how a PNE comes to its user key and to the key of a group, and its gateway to neither',
    link: 'stream',
    leastPnes: 1,
    refuses: OWN,
    tell: tellKeys,
  },
  {
    name: 'switching',
    summary: 'a PN moves to another gateway and back while its PNEs send: nothing is lost or doubled',
    link: 'stream',
    leastPnes: 1,
    refuses: OWN,
    tell: tellSwitching,
  },
  {
    name: 'networks',
    summary: 'PNEs set up PNs of three types, choose another, and release their own',
    link: 'stream',
    leastPnes: 3,
    refuses: OWN,
    tell: tellNetworks,
  },
  {
    name: 'groups',
    summary: 'PNEs make a service group, find it, join it, hand it on, remove one of them, and leave',
    link: 'stream',
    leastPnes: 3,
    refuses: OWN,
    tell: tellGroups,
  },
  {
    name: 'consent',
    summary: 'an application would read a PNE, whose user is asked, consents, and takes that back',
    link: 'stream',
    leastPnes: 2,
    refuses: OWN,
    tell: tellConsent,
  },
  {
    name: 'bridge',
    summary: 'what a PNE says to a group passes between two gateways, also while the server is away',
    link: 'stream',
    leastPnes: 3,
    refuses: OWN,
    tell: tellBridge,
  },
  {
    name: 'revocation',
    summary: 'a PNE is revoked while it sends: nothing more of it is accepted, and others go on',
    link: 'stream',
    leastPnes: 2,
    refuses: OWN,
    tell: tellRevocation,
  },
]);
