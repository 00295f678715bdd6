// SPDX-License-Identifier: Apache-2.0

/** `embedded:storage/key-value` (ECMA-419's surface, buffers only) over the files of keyvalue.c. */

interface Directory {
  read(key: string): ArrayBuffer | undefined;
  write(key: string, value: ArrayBuffer | ArrayBufferView): void;
  delete(key: string): void;
  close(): void;
}

function open({ path }: { readonly path: string }): Directory {
  native('xs_keyvalue_open').call(undefined, path);
  return {
    read: (key) => native('xs_keyvalue_read').call(undefined, path, key),
    write: (key, value) => native('xs_keyvalue_write').call(undefined, path, key, value),
    delete: (key) => native('xs_keyvalue_delete').call(undefined, path, key),
    close(): void {},
  };
}

// biome-ignore lint/style/noDefaultExport: ECMA-419's surface.
export default Object.freeze({ open });
