// SPDX-License-Identifier: Apache-2.0

/** Test code: defects that the roles once had, as changes of their sources, and the seeds that find each. */
export interface Defect {
  readonly name: string;
  readonly changes: readonly Change[];
  /** Found it when it was last looked for. Where the roles draw other numbers now, another one below 100 does. */
  readonly seed: number;
  /** What the run fails with. */
  readonly finding: RegExp;
}

/** `from` is in the file once. */
export interface Change {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export const DEFECTS: readonly Defect[] = [
  {
    name: 'any receipt restarts every timer, ids lie any distance apart, what is too old is confirmed',
    changes: [
      { file: 'src/delivery/outbox.ts', from: 'oldest + span - this.next', to: 'oldest + 2 ** 32' },
      {
        file: 'src/delivery/outbox.ts',
        from: '    if (this.parcels[at]?.left.size === 0) this.forget(at);\n',
        to: '    if (this.parcels[at]?.left.size === 0) this.forget(at);\n    for (const { transmission } of this.parcels) transmission.postpone();\n',
      },
      {
        file: 'src/delivery/transmission.ts',
        from: '  private transmit(): void {',
        to: `  postpone(): void {
    if (this.timer === undefined) return;
    this.timer.cancel();
    this.timer = this.pace.after(receiptTimeoutMs, () => this.repeat());
  }

  private transmit(): void {`,
      },
      {
        file: 'src/delivery/inbox.ts',
        from: "return received.highest - number < ImplementationLimits.replayWindowSize ? 'seen' : 'tooOld';",
        to: "return 'seen';",
      },
    ],
    seed: 1,
    finding: /is accepted, and delivered 0 times/,
  },
  {
    name: 'two boots with one counter are taken for one',
    changes: [{ file: 'src/roles/peer-record.ts', from: ' && equalBytes(boot.tag, tag)', to: '' }],
    seed: 100,
    finding: /is accepted, and delivered 0 times|is replaced in the store/,
  },
  {
    name: 'a content is sent four times, and then only after another registration',
    changes: [
      {
        file: 'src/delivery/transmission.ts',
        from: '    this.unheard += 1;\n',
        to: '    this.unheard += 1;\n    if (this.onSilence === undefined && this.attempts > maxSilentResends) return;\n',
      },
    ],
    seed: 33,
    finding: /content .* is not settled/,
  },
  {
    name: 'an older record moves the route back',
    changes: [
      {
        file: 'src/roles/server-interfaces.ts',
        from: 'if (agreement !== former || agreement.channel.newestReceived > newest) peer.route',
        to: 'peer.route',
      },
    ],
    seed: 7,
    finding: /content .* is not settled/,
  },
  {
    name: 'a failed write ends the device',
    changes: [
      {
        file: 'src/delivery/boot.ts',
        from: "    refuse('storeFailed');",
        to: "    throw new Error('full');",
      },
    ],
    seed: 34,
    finding: /pne-\d.* threw Error: full/,
  },
  {
    name: 'identifiers are taken again at once',
    changes: [
      {
        file: 'src/roles/server-interfaces.ts',
        from: 'new ScatteredIds(options.endToEnd.provider.fillRandom)',
        to: 'new ShortIds()',
      },
      {
        file: 'src/roles/server-interfaces.ts',
        from: "import { numberOf, ScatteredIds } from './connection-ids.ts';",
        to: "import { numberOf, ShortIds } from './connection-ids.ts';",
      },
      {
        file: 'src/roles/server-interfaces.ts',
        from: 'connectionIds: ScatteredIds;',
        to: 'connectionIds: ShortIds;',
      },
    ],
    seed: 0,
    finding: /fails to open a record that nobody altered/,
  },
  {
    name: 'a reading is confirmed before it is stored',
    changes: [
      {
        file: 'src/roles/peer-readings.ts',
        from: '    let numbers: number[] = [];\n',
        to: '    let numbers: number[] = [];\n    for (const { number } of taken) this.confirm(session, [number], Status.ok);\n',
      },
    ],
    seed: 101,
    finding: /is accepted, and delivered 0 times/,
  },
  {
    name: 'a server that lost its store takes the numbers of contents again',
    changes: [
      {
        file: 'src/roles/peer-record.ts',
        from: `  const isRecordBehind =
    contents.epoch > stream.epoch || (contents.epoch === stream.epoch && contents.next > stream.next);`,
        to: '  const isRecordBehind = contents.epoch < 0;',
      },
    ],
    seed: 8,
    finding: /is reported as delivered, and was shown 0 times/,
  },
  {
    name: 'contents of a former boot are sent again',
    changes: [
      {
        file: 'src/roles/peer-record.ts',
        from: `    unknown: record.contents.filter(({ number }) => number !== undefined).map(({ ticket }) => ticket),`,
        to: '    unknown: [],',
      },
      {
        file: 'src/roles/peer-record.ts',
        from: '      contents: record.contents.filter(({ number }) => number === undefined),',
        to: '      contents: record.contents,',
      },
    ],
    seed: 54,
    finding: /is shown twice/,
  },
  {
    name: 'what a server states is sent once on a link',
    changes: [
      {
        file: 'src/roles/statements.ts',
        from: '    transmission.start();',
        to: '    send(number, statement);',
      },
    ],
    seed: 16,
    finding: /is not told of a PNE that is withdrawn/,
  },
];
