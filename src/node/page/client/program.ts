// SPDX-License-Identifier: Apache-2.0

/**
 * How the page talks to its program: server-sent events and actions, with the token of the run in a header. The token
 * comes in the fragment of the address, is kept for this tab, and is taken off the address bar.
 */
const KEPT_AS = 'token';
const FRAGMENT = '#token=';
const AGAIN_MS = 1000;

export interface ProgramEvents {
  onEvent(name: string, data: unknown): void;
  /** It does not answer, or does not know this page; it is asked again meanwhile. */
  onAway(reason: AwayReason): void;
}

export type AwayReason = 'gone' | 'token' | 'full';

/** Does something at the program. Throws an Error of one line. */
export async function act(name: string, fields: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const response = await ask(`/actions/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fields),
  });
  const { result, error } = await response.json().catch(() => ({ error: `refused with ${response.status}` }));
  if (!response.ok) throw new Error(error);
  return result;
}

/** Follows the program for as long as the page is open. */
export async function followProgram(events: ProgramEvents): Promise<never> {
  addEventListener('hashchange', () => {
    if (location.hash.startsWith(FRAGMENT)) location.reload();
  });
  for (;;) {
    events.onAway(await followOnce(events).catch(() => 'gone' as const));
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

async function followOnce({ onEvent }: ProgramEvents): Promise<AwayReason> {
  const { status, body } = await ask('/events');
  if (status === 401) return 'token';
  if (status !== 200 || body === null) return 'full';
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return 'gone';
    const parts = (text + value).split('\n\n');
    text = parts.pop()!;
    for (const part of parts) {
      const [event = '', data = ''] = part.split('\n');
      onEvent(event.slice('event: '.length), JSON.parse(data.slice('data: '.length)));
    }
  }
}

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(path, { ...init, headers: { ...init.headers, authorization: `Bearer ${token()}` } });
}

function token(): string {
  if (location.hash.startsWith(FRAGMENT)) {
    sessionStorage.setItem(KEPT_AS, location.hash.slice(FRAGMENT.length));
    history.replaceState(null, '', location.pathname);
  }
  return sessionStorage.getItem(KEPT_AS) ?? '';
}
