// SPDX-License-Identifier: Apache-2.0

/** Moddable's `trace` says nothing in a release image: in images of mcconfig, this stands in its place. */
function print(text: string): void {
  native('xs_pne_print').call(undefined, text);
}

export { print as trace };
