// SPDX-License-Identifier: Apache-2.0

/** Programs made at random of the forms that the compiler of the qemu-rv32 board makes shorter. */

/** Functions nest so deep at most, and blocks in them. */
const MAX_DEPTH = 3;
/** What every loop counts down, so that each ends. */
const FUEL = 8;

const BINARY = Object.freeze(['-', '*', '<', '>=', '===', '!==', '&&', '||', '??', '&', '|']);
const KEYS = Object.freeze(['a', 'b', 'c']);

/** Numbers below a bound, the same ones for the same seed. */
export type Below = (bound: number) => number;

/** Park and Miller's. */
export function below(seed: number): Below {
  let state = seed;
  return (bound) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % bound;
  };
}

/** Variables that can be read, and those of them that can be written. */
interface Scope {
  readonly names: readonly string[];
  readonly written: readonly string[];
  readonly depth: number;
  /** Whether `continue` and `break` have a loop. */
  readonly inLoop: boolean;
}

/** Returns the source of `count` functions, and of a call that prints what each returns or throws. */
export function randomProgram(seed: number, count: number): string {
  const maker = createMaker(below(seed));
  const functions = Array.from({ length: count }, (_, i) => maker.declared(`f${i}`));
  const names = Array.from({ length: count }, (_, i) => `f${i}`);
  return `
    let fuel = 0;
    ${functions.join('\n')}
    const flat = (value) => Array.isArray(value) ? value.length : value;
    const cut = (value) => typeof value === 'string' ? value.slice(0, 20) : value;
    const values = [0, -1, 7, '', 'xy', undefined, null, [3, 4], { a: 5, b: { c: 6 } }];
    const said = (value, depth) => typeof value !== 'object' || value === null ? typeof value + '=' + value
      : depth > 2 ? 'deep' : '{' + Object.keys(value).map((key) => key + ':' + said(value[key], depth + 1)) + '}';
    for (const each of [${names.join(', ')}]) {
      for (let i = 0; i < values.length; i++) {
        fuel = ${FUEL};
        let line;
        try { line = said(each(values[i], values[(i + 4) % values.length]), 0); }
        catch (error) { line = error instanceof TypeError ? 'TypeError' : String(error.message); }
        console.log(each.name + ' ' + i + ' ' + line);
      }
    }`;
}

function createMaker(next: Below) {
  let count = 0;
  const fresh = () => `v${count++}`;
  const pick = <T>(list: readonly T[]): T => list[next(list.length)]!;
  const times = (most: number, make: () => string) => Array.from({ length: next(most) + 1 }, make);

  function declared(name: string): string {
    return `function ${name}(p, q = 2) ${body({ names: ['p', 'q'], written: ['p'], depth: 0, inLoop: false })}`;
  }

  function body(scope: Scope): string {
    return `{ ${statements(scope)} return ${expression(scope)}; }`;
  }

  function block(scope: Scope, changed: Partial<Scope> = {}): string {
    return `{ ${statements({ ...scope, depth: scope.depth + 1, ...changed })} }`;
  }

  /** Each declaration is seen by those behind it. */
  function statements(scope: Scope): string {
    let seen = scope;
    const lines: string[] = [];
    for (let left = next(4) + 1; left > 0; left--) {
      const [line, names, written] = next(3) === 0 ? declaration(seen) : [statement(seen), [], []];
      lines.push(line);
      seen = { ...seen, names: [...seen.names, ...names], written: [...seen.written, ...written] };
    }
    return lines.join('\n');
  }

  function declaration(scope: Scope): [line: string, names: string[], written: string[]] {
    const [x, y] = [fresh(), fresh()];
    const value = expression(scope);
    switch (next(9)) {
      case 7:
        return [kept(scope, x, y), [y], []];
      case 8:
        return [hoisted(scope, x, y), [y], []];
      case 0:
        return [`let ${x};`, [x], [x]];
      case 1:
        return [`let ${x} = ${value};`, [x], [x]];
      case 2:
        return [`const { a: ${x}, b: ${y} = ${value} } = ${object(scope)};`, [x, y], []];
      case 3:
        return [`const { a: { b: ${x} = 1 } = {}, ...${y} } = ${object(scope)};`, [x, y], []];
      case 4:
        return [`const [${x}, ${y} = ${value}] = ${list(scope)};`, [x, y], []];
      case 5:
        return [`const { length: ${x} } = ${value};`, [x], []];
      default:
        return [`const ${x} = ${value};`, [x], []];
    }
  }

  /** A function that is called when what it has seen may have changed. */
  function kept(scope: Scope, name: string, result: string): string {
    return `const ${name} = ${made(scope)}; ${simple(scope)} const ${result} = flat(${name}(flat(${term(scope)})));`;
  }

  /** A function that is called in front of its declaration. */
  function hoisted(scope: Scope, name: string, result: string): string {
    return `const ${result} = flat(${name}(flat(${term(scope)})));
      function ${name}(p) ${body({ ...scope, depth: scope.depth + 2, inLoop: false })}`;
  }

  function statement(scope: Scope): string {
    if (scope.depth >= MAX_DEPTH) return simple(scope);
    const x = fresh();
    switch (next(9)) {
      case 0:
        return `if (${expression(scope)}) ${block(scope)} else ${block(scope)}`;
      case 1:
        return `if (!(${expression(scope)} && ${expression(scope)})) ${simple(scope)}`;
      case 2:
        return `for (let ${x} = 0; ${x} < 3 && fuel-- > 0; ${x}++) ${block(scope, loop(scope, x))}`;
      case 3:
        return `for (const ${x} of ${list(scope)}) { if (fuel-- <= 0) break; ${block(scope, loop(scope, x))} }`;
      case 4:
        return `while (fuel-- > 0) ${block(scope, { inLoop: true })}`;
      case 5:
        return `try ${block(scope)} catch (${x}) ${block(scope)} ${next(2) ? `finally ${block(scope)}` : ''}`;
      case 6:
        return `switch (${expression(scope)}) { case 7: ${block(scope)} case 'xy': ${block(scope)} break; default: ${block(scope)} }`;
      default:
        return simple(scope);
    }
  }

  function loop(scope: Scope, name: string): Partial<Scope> {
    return { names: [...scope.names, name], inLoop: true };
  }

  function simple(scope: Scope): string {
    switch (next(8)) {
      case 0:
        return `if (${expression(scope)}) return ${expression(scope)};`;
      case 1:
        return `if (${expression(scope)}) throw new Error('e' + ${expression(scope)});`;
      case 2:
        return scope.inLoop ? `if (${expression(scope)}) ${pick(['continue', 'break'])};` : 'fuel--;';
      case 3:
        return `({ a: ${pick(scope.written)} } = ${object(scope)});`;
      default:
        return `${pick(scope.written)} ${pick(['=', '-=', '='])} cut(${expression(scope)});`;
    }
  }

  function object(scope: Scope): string {
    return `{ ${times(3, () => `${pick(KEYS)}: ${term(scope)}`).join(', ')}, ...${term(scope)} }`;
  }

  /** Not in one another: XS 13 runs out of stack when it makes text of `[[p], undefined, p]`. */
  function list(scope: Scope): string {
    return `[${times(3, () => `flat(${term(scope)})`).join(', ')}]`;
  }

  function expression(scope: Scope): string {
    const [a, b, c] = [term(scope), term(scope), term(scope)];
    switch (next(9)) {
      case 0:
        return `(${a} ? ${b} : ${c})`;
      case 1:
        return `${a}?.${pick(KEYS)}?.${pick(KEYS)}`;
      case 2:
        return `(!${a} || ${b} > ${c} && !${b})`;
      case 3:
        return closure(scope);
      case 4:
        return pick([object(scope), list(scope)]).replace(/^\{(.*)\}$/s, '({$1})');
      case 5:
        return `(${pick(scope.written)} = cut(${a}))`;
      case 6:
        return `(typeof ${a} === 'number' && ${b} ? \`<\${${c}}>\` : -${a})`;
      default:
        return binary(a, b);
    }
  }

  /** Text that doubles in a loop would fill the memory. */
  function binary(a: string, b: string): string {
    return next(4) === 0 ? `cut(${a} + ${b})` : `(${a} ${pick(BINARY)} ${b})`;
  }

  /** A function that is called at once. */
  function closure(scope: Scope): string {
    return scope.depth < MAX_DEPTH ? `(${made(scope)})(flat(${term(scope)}))` : term(scope);
  }

  /** An arrow or not, with a pattern as parameter or not. */
  function made(scope: Scope): string {
    const x = fresh();
    const inner = { ...scope, names: [...scope.names, x], depth: scope.depth + 2, inLoop: false };
    const parameter = pick([x, `{ a: ${x} }`, `{ length: ${x} } = []`, `...${x}`]);
    return pick([
      `(${parameter}) => ${body(inner)}`,
      `(${parameter}) => ${term(inner)}`,
      `function (${parameter}) ${body(inner)}`,
    ]);
  }

  function term(scope: Scope): string {
    return next(3) === 0
      ? pick(['0', '1', '(-2)', '300', "'s'", 'null', 'undefined', 'true'])
      : pick(scope.names);
  }

  return { declared };
}
