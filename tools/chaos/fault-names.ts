// SPDX-License-Identifier: Apache-2.0

/** In this order a seed chooses among them. */
export const FAULT_NAMES = Object.freeze([
  'cut',
  'half-open link',
  'roaming',
  'PNE restarts',
  'gateway restarts',
  'server restarts',
  'everybody restarts',
  'PNE store rolled back',
  'PNE store erased',
  'PNE store corrupt',
  'PNE store full',
  'PNE store torn',
  'server store rolled back',
  'server store erased',
  'server store full',
  'server store torn',
  'clock ahead',
  'clock behind',
  'stopped process',
  'clone',
  'PNE withdrawn',
  'burst',
] as const);

export type FaultName = (typeof FAULT_NAMES)[number];
