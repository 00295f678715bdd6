// SPDX-License-Identifier: Apache-2.0

/** Images of the qemu-rv32 board: within their budgets, and caught where something is planted in them. */
import { bundleForXs, ROOT } from '../build/bundle.ts';
import { buildRv32Image, rv32Setup } from '../build/rv32.ts';
import { checkBudget } from '../size/budget.ts';
import { checkContents, readContents } from '../size/contents.ts';
import { IMAGES, type Image } from '../size/images.ts';
import { reportImage } from '../size/report.ts';
import { CheckFailure, type Outcome, type Tally } from './tally.ts';

const NOBLE = `import { createNobleProvider } from './src/crypto/noble/provider.ts';\ncreateNobleProvider(() => {});`;

/** Source that is bundled and compiled into an image, and what is said of it. */
const PLANTS: readonly [what: string, source: string, expected: RegExp][] = [
  ['noble', NOBLE, /noble in a native image: .*noble/],
  ['a test', `import './src/bytes/hex.test.ts';`, /test code: /],
  [
    'a fixture',
    `import { mirrored } from './src/session/test-fixture.ts';\nmirrored({});`,
    /test code: .*fixture/,
  ],
  [
    'a fake provider',
    `import { createCountingProvider } from './src/handshake/counting-provider.testing.ts';\ncreateCountingProvider();`,
    /fake provider/,
  ],
  ['a log line', `globalThis.console.log(1);`, /log text: 'console.log'/],
  ['a trace', `trace('x');`, /log text: 'trace\('/],
  ['a machine path', `globalThis.x = '${ROOT}';`, /a path of the machine/],
];

export async function testRv32Sizes(stage: string, tally: Tally): Promise<void> {
  const { sdk, engine } = rv32Setup();
  if (sdk)
    console.log(`left out  ${stage} sizes: the budgets are for the engine from npm, not ${engine.version}`);
  for (const image of sdk ? [] : IMAGES) {
    await tally.run(stage, `size and contents of ${image.name}`, () => checkImage(image));
  }
  for (const plant of PLANTS)
    await tally.run(stage, `an image with ${plant[0]} is caught`, () => checkPlant(plant));
}

/** Within its budget; and with a byte less for each figure, over each. */
async function checkImage(image: Image): Promise<Outcome> {
  const { problems, figures } = await reportImage(image);
  if (problems.length > 0) throw new CheckFailure(problems.join('\n'), 0, problems.length);
  const tight = Object.fromEntries(figures.map(({ name, bytes }) => [name, bytes - 1]));
  const over = checkBudget({ ...image, budget: tight }, figures);
  if (over.length === figures.length) return { passed: 2 };
  throw new CheckFailure(`${over.length} of ${figures.length} figures were over their budget`, 1);
}

async function checkPlant([what, contents, expected]: (typeof PLANTS)[number]): Promise<Outcome> {
  const name = `planted/${what.replaceAll(' ', '-')}`;
  const bundle = await bundleForXs({ contents, resolveDir: ROOT }, name);
  const image = await buildRv32Image(bundle);
  const problems = checkContents(
    { name, board: 'qemu-rv32', provider: 'native' },
    await readContents(bundle, image),
  );
  if (problems.some((problem) => expected.test(problem))) return { passed: 1 };
  throw new CheckFailure(`nothing like ${expected} among: ${problems.join('\n')}`);
}
