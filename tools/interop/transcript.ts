// SPDX-License-Identifier: Apache-2.0

import type { Values } from './end.ts';

/** What each end of one handshake sent, received, understood and derived. */
export interface Transcripts {
  readonly ours: Values;
  readonly theirs: Values;
}

/** A handshake or an exchange of which the two ends have not the same view. */
export class Mismatch extends Error {
  constructor(problem: string, transcripts: Transcripts) {
    super(`${problem}\n${sideBySide(transcripts)}`);
  }
}

/** Throws where the ends saw a value differently, or one of them did not see it at all. */
export function compare(transcripts: Transcripts): void {
  const different = namesOf(transcripts).filter((name) => !isSame(transcripts, name));
  if (different.length > 0) throw new Mismatch(`different: ${different.join(', ')}`, transcripts);
}

/** Both transcripts, value by value: `=` where they agree, `!` where not, `-` where one end has no value yet. */
function sideBySide(transcripts: Transcripts): string {
  return namesOf(transcripts)
    .map((name) => {
      const { ours = '-', theirs = '-' } = valuesOf(transcripts, name);
      const mark = isSame(transcripts, name) ? '=' : '!';
      return `  ${mark} ${name}\n      ours    ${ours}\n      theirs  ${theirs}`;
    })
    .join('\n');
}

function namesOf({ ours, theirs }: Transcripts): readonly string[] {
  return [...new Set([...Object.keys(ours), ...Object.keys(theirs)])];
}

function isSame(transcripts: Transcripts, name: string): boolean {
  const { ours, theirs } = valuesOf(transcripts, name);
  return ours === theirs;
}

function valuesOf({ ours, theirs }: Transcripts, name: string) {
  return { ours: ours[name], theirs: theirs[name] };
}
