// SPDX-License-Identifier: Apache-2.0

const STILL_MS = 5000;

/** Says every few seconds how long something takes; `line` returns undefined where there is nothing to wait for. */
export function sayWhileWaiting(line: (seconds: number) => string | undefined, say: (line: string) => void) {
  const started = Date.now();
  const timer = setInterval(() => {
    const words = line(Math.round((Date.now() - started) / 1000));
    if (words !== undefined) say(words);
  }, STILL_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
