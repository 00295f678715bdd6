// SPDX-License-Identifier: Apache-2.0

/**
 * Loops by index in place of loops by iterator, in the program of a device: XS compiles `for (const x of list)` to
 * 144 bytes and `const [x] = list` to 121, as an iterator may have to be closed, and the same by index to 40 and 11.
 * What it says of types is checked by loops.test.ts: that each is of an array or bytes, where both mean the same.
 */
const LOOP = /\bfor \(const (?=[\w{[])/g;
const PATTERN = /\bconst \[([\w, ]+)\] = ([^;]+);/g;
/** What says itself that it has no index. */
const ITERATOR = /\.(?:values|keys|entries)\(\)$/;
/** A block, or a statement that ends in the next semicolon. */
const BODY = /^\s*(?:(?=\{)|(?=\w)(?!(?:for|while|try|switch|do)\b|if\b[^;{]*\{|if\b[^;]*;\s*else\b))/;
/** What can be walked by index. Text has code points. */
const LIST = 'satisfies readonly unknown[] | Uint8Array';

export function withIndices(source: string): string {
  return withoutPatterns(withoutIterators(source));
}

/** From the last loop to the first: one may hold another. */
function withoutIterators(source: string): string {
  return [...source.matchAll(LOOP)].reduceRight((text, { index, 0: start }) => {
    const loop = readLoop(text, index, index + start.length);
    return loop === undefined ? text : text.slice(0, index) + loop.byIndex + text.slice(loop.end);
  }, source);
}

/** undefined where it has another form. What has no length is not passed over: the first item is none of it. */
function readLoop(text: string, start: number, at: number): { byIndex: string; end: number } | undefined {
  const close = closing(text, start + 'for '.length);
  const [, item, list] = text.slice(at, close).match(/^(.+?) of (.+)$/s) ?? [];
  const body = text.slice(close + 1).match(BODY);
  if (list === undefined || body === null || ITERATOR.test(list)) return undefined;
  const head = `for (let $list = (${list}) ${LIST}, $i = 0; !($i >= $list.length); )`;
  const next = `const ${item} = $list[$i++]!;`;
  const from = close + 1 + body[0].length;
  if (text[from] === '{') return { byIndex: `${head} { ${next}`, end: from + 1 };
  const end = statementEnd(text, from);
  return { byIndex: `${head} { ${next} ${text.slice(from, end)} }`, end };
}

/** `const [, a] = list;` is `const $0 = list, a = $0[1];`. */
function withoutPatterns(source: string): string {
  let count = 0;
  return source.replace(PATTERN, (_whole, names: string, list: string) => {
    const name = `$${count++}`;
    const items = names.split(',').map((item, i) => [item.trim(), `${name}[${i}]`] as const);
    const declared = items.filter(([item]) => item !== '').map(([item, value]) => `, ${item} = ${value}`);
    return `const ${name} = (${list}) ${LIST}${declared.join('')};`;
  });
}

/** The bracket that closes the one at `open`. Brackets in text and comments have to be pairs. */
function closing(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if ('([{'.includes(text[at]!)) depth += 1;
    if (')]}'.includes(text[at]!)) depth -= 1;
    if (depth === 0) return at;
  }
  throw new Error(`nothing closes: ${text.slice(open, open + 60)}`);
}

/** Behind the semicolon of the statement at `start`. */
function statementEnd(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    if (text[at] === ';') return at + 1;
    if ('([{'.includes(text[at]!)) at = closing(text, at);
  }
  throw new Error(`nothing ends: ${text.slice(start, start + 60)}`);
}
