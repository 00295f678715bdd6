// SPDX-License-Identifier: Apache-2.0

import { halfOpenGraceMs, halfOpenLifetimeMs } from '../handshake/retransmission.ts';
import { ImplementationLimits } from '../limits.ts';
import type { After, RunningTimer } from '../link/timer.ts';
import { refuse } from '../refusal.ts';

interface Place {
  readonly lifetime: RunningTimer;
  /** Runs while nothing may take the place. */
  grace: RunningTimer | undefined;
}

/*
 * Half-open handshakes on one link. Who began them is unknown before message_3, so places are given by time:
 *
 * 1. For `halfOpenGraceMs` after its message_1 came last nothing takes a handshake's place. A flood cannot push
 *    out an Initiator that answers within that time: message_3 comes after a round trip and some computing, and
 *    where it was lost once, 1.5 * handshakeFirstTimeoutMs later at most; where message_2 was lost message_1
 *    comes again, and the time begins anew.
 * 2. After it, a newcomer takes the place of the oldest where all are taken. An Initiator that was cut off in
 *    any number of handshakes and begins another sends message_1 a third time no sooner than `halfOpenGraceMs`
 *    after the first: what it had begun before is past its time by then, and the newest is let in.
 * 3. Who completes a handshake has left those that it began before: they end. A link has one peer, so nobody
 *    else's are among them but those of strangers; and a peer that holds a message_3 back gets no session for
 *    one that its sender has left.
 *
 * What came last keeps its place longest, and a place that nobody wants is kept for `halfOpenLifetimeMs`.
 */
export class HalfOpenHandshakes<Handshake> {
  private readonly after: After;
  private readonly onEnd: (handshake: Handshake) => void;
  private readonly places = new Map<Handshake, Place>();

  /** `onEnd` is told of each handshake that ends without being complete. */
  constructor(after: After, onEnd: (handshake: Handshake) => void) {
    this.after = after;
    this.onEnd = onEnd;
  }

  /** The oldest first. */
  all(): readonly Handshake[] {
    return [...this.places.keys()];
  }

  /** Refuses with `queueFull` where `add` would find no place. */
  checkRoom(): void {
    if (this.isFull()) this.oldestToEnd();
  }

  /** Gives it a place, for which an older one may have to end. */
  add(handshake: Handshake): void {
    if (this.isFull()) this.end(this.oldestToEnd());
    const lifetime = this.after(halfOpenLifetimeMs, () => this.end(handshake));
    const place = { lifetime, grace: undefined };
    this.places.set(handshake, place);
    this.protect(place);
  }

  /** Its message_1 came again. */
  renew(handshake: Handshake): void {
    this.protect(this.places.get(handshake)!);
  }

  /** It is complete: takes it out, and ends those that are older. */
  complete(handshake: Handshake): void {
    for (const older of this.all().slice(0, this.all().indexOf(handshake))) this.end(older);
    this.remove(handshake);
  }

  /** Ends one, or none where it has ended. */
  end(handshake: Handshake): void {
    if (this.remove(handshake)) this.onEnd(handshake);
  }

  private isFull(): boolean {
    return this.places.size >= ImplementationLimits.maxHalfOpenPerPeer;
  }

  private oldestToEnd(): Handshake {
    const oldest = this.all().find((handshake) => this.places.get(handshake)!.grace === undefined);
    return oldest ?? refuse('queueFull');
  }

  private remove(handshake: Handshake): boolean {
    const place = this.places.get(handshake);
    place?.lifetime.cancel();
    place?.grace?.cancel();
    return this.places.delete(handshake);
  }

  private protect(place: Place): void {
    place.grace?.cancel();
    place.grace = this.after(halfOpenGraceMs, () => {
      place.grace = undefined;
    });
  }
}
