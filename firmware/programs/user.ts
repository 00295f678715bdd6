// SPDX-License-Identifier: Apache-2.0

/**
 * A device whose user has it ask its server for things, and is asked by it: beside its keys it has the parts for
 * that, signs what groups want signed, and trusts the gateway that its PN has moved to. The user of a simulated board
 * is its host, on the link that brings its readings; what he is told is on the console, too.
 */
import type { Link } from '../../src/link/link.ts';
import { Refusal } from '../../src/refusal.ts';
import { createMemberSigning } from '../../src/roles/member-signing.ts';
import type { GroupNotice } from '../../src/roles/notice-message.ts';
import { withConsents } from '../../src/roles/pne-consents.ts';
import { createPneKeys, type PneKeys, type PneKeysOptions } from '../../src/roles/pne-keys.ts';
import { withServices } from '../../src/roles/pne-services.ts';
import type { Connections } from '../links/connect.ts';
import { encodeNews, type News, NewsType } from '../orders/news-message.ts';
import { OrderDesk } from '../orders/order-desk.ts';
import { isOrder } from '../orders/order-message.ts';
import { answerLine, groupLine, noticeLine, questionLine, withheldLine } from '../orders/words.ts';
import { TrustedGateways } from '../store/trusted-gateways.ts';
import type { Hop, Image } from './image.ts';
import { say } from './journal.ts';

/** What an image has of these connections then. */
export function withUser(connections: Connections): Pick<Image, 'connections' | 'openKeys'> {
  const user = new User();
  return {
    connections: { ...connections, host: (number) => user.host(connections.host(number)) },
    openKeys: (options, hop) => user.openKeys(options, hop),
  };
}

class User {
  private desk: OrderDesk | undefined;
  private link: Link | undefined;

  /** Orders go to the desk, all else to whoever has the readings. */
  host(connect: ReturnType<Connections['host']>): ReturnType<Connections['host']> {
    return (onLink, onFailed) =>
      connect((link) => {
        this.link = link;
        const events = onLink(link);
        return {
          onMessage: (bytes) => (isOrder(bytes) ? this.desk?.obey(bytes) : events.onMessage(bytes)),
          onClosed: () => events.onClosed(),
        };
      }, onFailed);
  }

  openKeys(options: PneKeysOptions, hop: Hop): PneKeys {
    const { provider, store } = options;
    const gateways = new TrustedGateways(provider, store, hop.peers);
    hop.peers = gateways;
    const signing = createMemberSigning(provider, hop.identities[0]!.privateKey);
    const services = withServices(createPneKeys({ ...options, ...this.telling(), signing }), (notice) =>
      this.notice(gateways, notice),
    );
    const consents = withConsents(services, {
      onQuestion: (question) => this.tell({ type: NewsType.question, ...question }, questionLine(question)),
      onAnswered: (question, status) => desk.settled(question, status),
      onWithdrawn: (question) => say(`question ${question}: withdrawn`),
    });
    const desk = new OrderDesk({
      services,
      consents,
      onAnswer: (answer) => this.tell({ type: NewsType.answer, ...answer }, answerLine(answer)),
    });
    this.desk = desk;
    return consents;
  }

  private telling(): Pick<PneKeysOptions, 'onGroup' | 'onWithheld'> {
    return {
      onGroup: (reference, membership) => {
        say(groupLine(reference, membership));
        this.desk?.moved(reference, membership);
      },
      onWithheld: (reference) => {
        say(withheldLine(reference));
        this.desk?.withheld(reference);
      },
    };
  }

  private notice(gateways: TrustedGateways, notice: GroupNotice): void {
    const { reference, owner, gateway, credential } = notice;
    this.tell({ type: NewsType.notice, reference, owner, gateway }, noticeLine(notice));
    if (credential.length > 0 && gateways.trust(credential)) say(`trusts gateway ${gateway}`);
  }

  /** A user who is not there, or does not read, has the console. */
  private tell(news: News, line: string): void {
    try {
      this.link?.send(encodeNews(news));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
    say(line);
  }
}
