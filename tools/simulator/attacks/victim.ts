// SPDX-License-Identifier: Apache-2.0

import type { Identity } from '../../../src/handshake/credential.ts';
import type { Target } from './target.ts';
import { until } from './until.ts';

const PATIENCE_MS = 20_000;

/** A PNE that is there, and of which all is known that provisioning put into it. */
export async function victimOf(target: Target): Promise<Identity> {
  const { victims } = target;
  if (victims.length === 0) throw new Error('the only PNE has joined by a code: run with --pnes 2 or more');
  const find = () => victims.find(({ credential }) => target.hasReported(credential.subject!));
  await until(() => find() !== undefined, PATIENCE_MS, 'no PNE that was provisioned reports anything');
  return find()!;
}
