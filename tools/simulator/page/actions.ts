// SPDX-License-Identifier: Apache-2.0

/** What may be done to a run from its page. */
import type { PageActions } from '../../../src/node/page/actions.ts';
import type { PageFeed } from '../../../src/node/page/feed.ts';
import type { ReadingTracer } from '../../../src/node/page/trace/tracer.ts';
import { deviceActions, followAction, groupActions } from '../../../src/node/programs/page-actions.ts';
import type { RunControl } from '../run-options.ts';

export interface RunActionsOptions {
  readonly feed: PageFeed;
  readonly tracer: ReadingTracer;
  /** undefined before the network is there. */
  control(): RunControl | undefined;
}

export function runActions({ feed, tracer, control }: RunActionsOptions): PageActions {
  const there = () => {
    const network = control();
    if (network === undefined) throw new Error('the network is not there yet: try again in a moment');
    return network;
  };
  return {
    ...devices(feed, there),
    rekey: (fields) => groupActions(there().registrar).rekey(fields),
    async add({ name = '' }): Promise<string> {
      await there().add(name);
      return `${name} has a code`;
    },
    follow: followAction(tracer),
  };
}

/** Server and gateway are administered alike. A PNE that is removed is switched off. */
function devices(feed: PageFeed, there: () => RunControl): PageActions {
  const at = (name: 'remove' | 'revoke' | 'grant', pne: string) => {
    const { registrar } = there();
    return deviceActions(registrar)[name]({ name: pne });
  };
  return {
    async remove({ name = '' }) {
      const said = await at('remove', name);
      await there().switchOff(name);
      return said;
    },
    revoke: ({ name = '' }) => at('revoke', name),
    async grant({ name = '' }) {
      const { registrar, gatewayStore } = there();
      await deviceActions({ ...registrar, store: gatewayStore }).grant({ name });
      const said = await at('grant', name);
      feed.figures(name, { status: 'waiting' });
      feed.event('admin', name, 'is granted again: it is let in when it next tries, within two minutes');
      return said;
    },
  };
}
