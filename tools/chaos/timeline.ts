// SPDX-License-Identifier: Apache-2.0

/** Virtual time: what happens when, and to whom. It passes as fast as it is computed, always in the same order. */
import type { After } from '../../src/link/timer.ts';
import { Violation } from './violation.ts';

/** A process: what is planned for it ends with it, and waits while it is stopped. */
export class Life {
  readonly name: string;
  /** Counts its starts. */
  generation = 0;
  /** Until then it gets nothing, and gets it all at once afterwards. */
  stoppedUntil = 0;
  /** Its roles' own timers. */
  readonly timers = new Set<Event>();
  /** AEAD keys that it has and did not wipe. */
  keys = 0;
  /** Records that came under the kid of a session of its own, and were not made with its keys. */
  failedOpenings = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** Ends it: no timer of it fires any more. */
  kill(): void {
    this.generation += 1;
    this.stoppedUntil = 0;
    this.timers.clear();
    this.keys = 0;
  }
}

interface Event {
  /** Its place in the heap that counts: it may have been moved. */
  place: Place;
  readonly life: Life | undefined;
  readonly generation: number;
  readonly work: () => void;
  cancelled: boolean;
}

interface Place {
  readonly time: number;
  readonly order: number;
  readonly event: Event;
}

export class Timeline {
  /** Milliseconds since the beginning. */
  now = 0;
  events = 0;
  private readonly heap: Place[] = [];
  private nextOrder = 0;

  /** Does something in a while: in the world, or in a process if it still lives then. */
  in(milliseconds: number, life: Life | undefined, work: () => void): Event {
    const event = { life, generation: life?.generation ?? 0, work, cancelled: false } as Event;
    this.move(event, this.now + Math.max(0, milliseconds));
    return event;
  }

  /** The timers of a process. */
  after(life: Life): After {
    return (milliseconds, callback) => {
      const event = this.in(milliseconds, life, () => {
        life.timers.delete(event);
        callback();
      });
      life.timers.add(event);
      return {
        cancel: () => {
          event.cancelled = true;
          life.timers.delete(event);
        },
      };
    };
  }

  /** A clock jumps: what a process waits for comes so much earlier, or later where it is negative. */
  jump(life: Life, milliseconds: number): void {
    for (const event of life.timers) {
      this.move(event, Math.max(this.now, event.place.time - milliseconds));
    }
  }

  /** Lets time pass. Fails where something throws, or where there is no end of it. */
  runUntil(time: number, maxEvents: number): void {
    while (this.heap.length > 0 && this.heap[0]!.time <= time) {
      const place = this.pop();
      const { event } = place;
      if (
        event.place !== place ||
        event.cancelled ||
        event.life?.generation !== (event.life && event.generation)
      )
        continue;
      this.now = place.time;
      if (event.life !== undefined && event.life.stoppedUntil > this.now)
        this.move(event, event.life.stoppedUntil);
      else this.happen(event, maxEvents);
    }
    this.now = time;
  }

  private happen(event: Event, maxEvents: number): void {
    this.events += 1;
    if (this.events > maxEvents)
      throw new Violation(`more than ${maxEvents} events: it does not come to rest`);
    try {
      event.work();
    } catch (error) {
      if (error instanceof Violation) throw error;
      throw new Violation(`${event.life?.name ?? 'the world'} threw ${(error as Error).stack ?? error}`);
    }
  }

  private move(event: Event, time: number): void {
    event.place = { time, order: this.nextOrder++, event };
    this.push(event.place);
  }

  private push(place: Place): void {
    const { heap } = this;
    let index = heap.length;
    heap.push(place);
    while (index > 0) {
      const above = (index - 1) >> 1;
      if (isBefore(heap[above]!, place)) break;
      heap[index] = heap[above]!;
      index = above;
    }
    heap[index] = place;
  }

  private pop(): Place {
    const { heap } = this;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length > 0) this.sink(last);
    return first;
  }

  private sink(place: Place): void {
    const { heap } = this;
    let index = 0;
    for (let child = 1; child < heap.length; child = 2 * index + 1) {
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (isBefore(place, heap[child]!)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = place;
  }
}

function isBefore(one: Place, other: Place): boolean {
  return one.time < other.time || (one.time === other.time && one.order < other.order);
}
