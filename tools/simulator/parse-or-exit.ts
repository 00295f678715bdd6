// SPDX-License-Identifier: Apache-2.0

/** What the command line of a tool says. What is wrong with it is told in one line, with exit status 2. */
export function parseOrExit<Options>(parse: () => Options): Options {
  try {
    return parse();
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    // Node's own go on to explain how a value is given that begins with a dash.
    console.error(code.startsWith('ERR_PARSE_ARGS') ? message.split(/\.\s/)[0] : message);
    process.exit(2);
  }
}
