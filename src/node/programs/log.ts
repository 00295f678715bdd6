// SPDX-License-Identifier: Apache-2.0

/** What a program says of itself on standard error: one line an event. Whoever calls it gives it no secret. */

export type LogForm = 'text' | 'json';

export type Log = (event: string, facts?: Readonly<Record<string, string | number>>) => void;

export function createLog(form: LogForm, write: (line: string) => void, now: () => Date): Log {
  return (event, facts = {}) => {
    const time = now().toISOString();
    if (form === 'json') return write(`${JSON.stringify({ time, event, ...facts })}\n`);
    const rest = Object.entries(facts).map(([name, value]) => ` ${name}=${plain(value)}`);
    write(`${time} ${event}${rest.join('')}\n`);
  };
}

/** Names of devices come from outside: what is not plain stands in quotes, on this line. */
function plain(value: string | number): string {
  const text = String(value);
  return /^[\w.:/@+-]+$/.test(text)
    ? text
    : JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029]/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
