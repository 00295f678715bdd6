// SPDX-License-Identifier: Apache-2.0

/** `--may`: what a device or a gateway may do with PNs, groups and lists of devices, as an administrator writes it. */
import type { Scope } from '../../authorization/scope.ts';
import { EVERY } from '../../authorization/service-access.ts';
import { numberFor, SERVICE_RIGHTS, type ServiceRight, scopeOf } from '../../roles/service-rights.ts';
import { UsageError } from './config.ts';

/**
 * `OPERATION[:GROUP],...`: without a group, as lists number it, every one that there is and is to be. Throws what is none of
 * that.
 */
export function rightsIn(text: string, rights: readonly ServiceRight[] = SERVICE_RIGHTS): Scope {
  const words = text === '' ? [] : text.split(',');
  return scopeOf(words.map((word) => rightIn(word, rights)));
}

function rightIn(word: string, rights: readonly ServiceRight[]): [ServiceRight, number] {
  const [, name = '', group] = /^([a-z-]+)(?::(\d{1,7}))?$/.exec(word) ?? [];
  const action = rights.find((each) => each === name);
  if (action === undefined) throw new UsageError(`--may takes ${rights.join(', ')}, not ${word}`);
  return [action, group === undefined ? EVERY : numberIn(action, Number(group))];
}

function numberIn(action: ServiceRight, reference: number): number {
  try {
    return numberFor(action, reference);
  } catch {
    throw new UsageError(`${action} is not for ${reference}: group list shows PNs and service groups`);
  }
}
