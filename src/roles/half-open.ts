// SPDX-License-Identifier: Apache-2.0

import { halfOpenGraceMs, halfOpenLifetimeMs } from '../handshake/retransmission.ts';
import { ImplementationLimits } from '../limits.ts';
import type { After, RunningTimer } from '../link/timer.ts';
import { refuse } from '../refusal.ts';

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
export interface HalfOpenHandshakes<Handshake> {
  /** The oldest first. */
  all(): readonly Handshake[];
  /** Refuses with `queueFull` where `add` would find no place. */
  checkRoom(): void;
  /** Gives it a place, for which an older one may have to end. */
  add(handshake: Handshake): void;
  /** Its message_1 came again. */
  renew(handshake: Handshake): void;
  /** It is complete: takes it out, and ends those that are older. */
  complete(handshake: Handshake): void;
  /** Ends one, or none where it has ended. */
  end(handshake: Handshake): void;
}

interface Place {
  readonly lifetime: RunningTimer;
  /** Runs while nothing may take the place. */
  grace: RunningTimer | undefined;
}

/** `onEnd` is told of each handshake that ends without being complete. */
export function createHalfOpenHandshakes<Handshake>(
  after: After,
  onEnd: (handshake: Handshake) => void,
): HalfOpenHandshakes<Handshake> {
  const places = new Map<Handshake, Place>();

  function all(): readonly Handshake[] {
    return [...places.keys()];
  }

  function isFull(): boolean {
    return places.size >= ImplementationLimits.maxHalfOpenPerPeer;
  }

  function oldestToEnd(): Handshake {
    return all().find((handshake) => places.get(handshake)!.grace === undefined) ?? refuse('queueFull');
  }

  function remove(handshake: Handshake): boolean {
    const place = places.get(handshake);
    place?.lifetime.cancel();
    place?.grace?.cancel();
    return places.delete(handshake);
  }

  function end(handshake: Handshake): void {
    if (remove(handshake)) onEnd(handshake);
  }

  function protect(place: Place): void {
    place.grace?.cancel();
    place.grace = after(halfOpenGraceMs, () => {
      place.grace = undefined;
    });
  }

  return {
    all,
    checkRoom(): void {
      if (isFull()) oldestToEnd();
    },
    add(handshake): void {
      if (isFull()) end(oldestToEnd());
      const place = { lifetime: after(halfOpenLifetimeMs, () => end(handshake)), grace: undefined };
      places.set(handshake, place);
      protect(place);
    },
    renew(handshake): void {
      protect(places.get(handshake)!);
    },
    complete(handshake): void {
      for (const older of all().slice(0, all().indexOf(handshake))) end(older);
      remove(handshake);
    },
    end,
  };
}
