// SPDX-License-Identifier: Apache-2.0
import { Radio, type RadioOptions } from './radio.ts';
import { bundleStack } from './stack-process.ts';

/** Seconds of the air in one of the wall: pairing takes about a second of the former. */
const AIR_SPEED = 4;
/** What ESP-IDF's stack agrees to at most. */
const MTU = 517;

/** The radio of a personal network that nobody listens to. */
export async function openRadio(options: Pick<RadioOptions, 'typePasskey' | 'onProblem'>): Promise<Radio> {
  return new Radio({ program: await bundleStack(), speed: AIR_SPEED, mtu: MTU, ...options });
}

/** Types at the gateway what a PNE shows. */
export async function typeWhatIsShown(_pne: string, shown: number): Promise<number> {
  return shown;
}
