// SPDX-License-Identifier: Apache-2.0

/** Bytes of the input, which may be looked at before they are read, no further than has come. */
export class Source {
  /** What has come and was not read yet. */
  head: Buffer = Buffer.alloc(0);
  private readonly chunks: AsyncIterator<Uint8Array>;

  constructor(input: AsyncIterable<Uint8Array>) {
    this.chunks = input[Symbol.asyncIterator]();
  }

  /** Waits for more in `head`. False at the end of the input. */
  async more(): Promise<boolean> {
    const { done, value } = await this.chunks.next();
    if (done !== true) this.head = Buffer.concat([this.head, value]);
    return done !== true;
  }

  /** Reads on from `offset` of the head. */
  async *from(offset: number): AsyncGenerator<Uint8Array> {
    const { head } = this;
    this.head = Buffer.alloc(0);
    if (offset < head.length) yield head.subarray(offset);
    for (let next = await this.chunks.next(); next.done !== true; next = await this.chunks.next())
      yield next.value;
  }
}
