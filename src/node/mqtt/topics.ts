// SPDX-License-Identifier: Apache-2.0

/**
 * Topics of the bridge, below a prefix of its own. A PNE's name is one level, percent-encoded where MQTT or a shell would
 * take it for something else:
 *
 *     PREFIX/availability          online or offline: the bridge, which has a server and a broker
 *     PREFIX/PNE/availability      online or offline: readings come
 *     PREFIX/PNE/reading           the newest one, as JSON
 *     PREFIX/PNE/dropped           readings that the server did not keep, as JSON
 *     PREFIX/PNE/command           a content for it, as JSON
 *     PREFIX/PNE/outcome           what became of that, as JSON
 */
import { createHash } from 'node:crypto';

export type PneTopic = 'availability' | 'reading' | 'dropped' | 'command' | 'outcome';

/** Hexadecimal digits that tell two names apart which look alike without their marks. */
const DIGEST_DIGITS = 8;

export function bridgeTopic(prefix: string): string {
  return `${prefix}/availability`;
}

export function pneTopic(prefix: string, pneId: string, topic: PneTopic): string {
  return `${prefix}/${levelOf(pneId)}/${topic}`;
}

/** What the bridge subscribes to. */
export function commandFilter(prefix: string): string {
  return `${prefix}/+/command`;
}

/** The PNE that a command is for; undefined where the topic is none of the bridge's. */
export function commandedPne(prefix: string, topic: string): string | undefined {
  const level = topic.slice(prefix.length + 1, -'/command'.length);
  try {
    const pneId = decodeURIComponent(level);
    return topic === pneTopic(prefix, pneId, 'command') ? pneId : undefined;
  } catch {
    return undefined;
  }
}

/** A name of letters, digits, hyphens and underscores, one for each PNE. */
export function plainId(pneId: string): string {
  const plain = pneId.replace(/[^\w-]/g, '_');
  if (plain === pneId) return plain;
  return `${plain}_${createHash('sha256').update(pneId).digest('hex').slice(0, DIGEST_DIGITS)}`;
}

/** A prefix that can be published to. */
export function checkTopic(text: string): void {
  if (!/^[^+#\0/]+(\/[^+#\0/]+)*$/.test(text))
    throw new Error('takes a topic without + and #, such as home/pne');
}

function levelOf(pneId: string): string {
  return encodeURIComponent(pneId);
}
