// SPDX-License-Identifier: Apache-2.0
/*
 * Reliable delivery between a PNE and its server, both ways.
 *
 *   PNE                                                        Server
 *     registration: boot (epoch, tag), inbox (epoch, next) --->
 *                               <--- registered: ok, stream's epoch | epochBehind, highest epoch
 *     reading: number           --->
 *                               <--- receipt: number            once reading and window are in its store
 *                               <--- content: number            one under way
 *     receipt: number           --->
 *
 * The network is a set for each kind of message: what was sent in the present session may arrive at any time,
 * in any order and as often as it likes, until it is lost; a new session empties it, as new keys do. A step is
 * taken where it changes something. Timers are slower than the network: an end sends again where nothing else
 * can happen, and where that changes nothing either, the run is over. Readings that one record carries are lost
 * together here, or one by one; they pass and are stored one after the other, with anything between, there at once.
 *
 * Built with a property:  ONCE (nothing is delivered twice, nothing confirmed that was not delivered),
 *                         REPORTED (no outcome is unknown, no epoch skipped without a cause),
 *                         SETTLED (when the run is over, everything has its outcome)
 *        without a part:  NO_TAG, NO_WINDOW, CONFIRM_OLD, EARLY_RECEIPT, NO_RESEND, NO_STREAM_EPOCH,
 *                         SEND_AGAIN, STALE_REGISTRATION, LATE_RECEIPT: spin must then find the fault
 *        with UNREACHED:  a run is never over with everything confirmed: spin must find that one is
 */
#define READINGS 3
#define CONTENTS 2
#define WINDOW 2                                   /* numbers that the receiver tells apart, and the sender uses */
#define NUMBERS 3                                  /* in an epoch; READINGS, and CONTENTS sent again */
#ifndef LOSSES
#define LOSSES 2
#endif
#ifndef FAULTS
#define FAULTS 2
#endif
#define has(set, n) ((set) & (1 << (n)))
#define add(set, n) set = (set) | (1 << (n))

#define WAITS 1                                    /* outcomes; 0 is not there yet. No number yet */
#define SENT 2
#define CONFIRMED 3
#define UNKNOWN 4
#define LOST 5                                     /* with the memory or the store of its sender */

byte stored = 1, epoch = 1, tag = 1, nextNumber, inboxEpoch, inboxNext;               /* the PNE */
byte outcome[READINGS], numberOf[READINGS], shown[CONTENTS];
bool registered;
byte knownEpoch, knownTag, top, seen, streamEpoch = 1, streamNext;                /* the server */
byte delivered[READINGS], result[CONTENTS], contentNumber[CONTENTS], uncommitted;
bool serving;
byte registrations, ok, behind, readings, receipts, contents, contentReceipts;    /* the session's network */
byte regEpoch[2], regTag[2], regInboxEpoch, regInboxNext, readingAt[NUMBERS], contentAt[NUMBERS];
bool secured;
byte tags = 1, losses, faults, causes, bumps, excused, i, lowest, waiting;

#ifdef NO_TAG
#define sameBoot(r) (regEpoch[r] == knownEpoch)
#else
#define sameBoot(r) (regEpoch[r] == knownEpoch && regTag[r] == knownTag)
#endif
#define isAccepted(r) (sameBoot(r) || regEpoch[r] > knownEpoch)
#define isAnswered(r) (isAccepted(r) && serving && ok || !isAccepted(r) && behind == knownEpoch)
#ifdef STALE_REGISTRATION
#define isStale(r) false
#else
#define isStale(r) (serving && regEpoch[r] < knownEpoch)
#endif
#ifdef NO_WINDOW
#define inWindow true
#else
#define inWindow (nextNumber < lowest + WINDOW)
#endif
#ifdef LATE_RECEIPT
#define mayConfirm secured
#else
#define mayConfirm serving
#endif
#define isOutstanding(n) (outcome[readingAt[n]] == SENT && numberOf[readingAt[n]] == n)
#define isUnderWay(n) (result[contentAt[n]] == SENT && contentNumber[contentAt[n]] == n)
#define isNew(n) (n >= top || (n + WINDOW >= top && !has(seen, n)))
#ifdef CONFIRM_OLD
#define isSeen(n) (!isNew(n))
#else
#define isSeen(n) (n + WINDOW >= top && has(seen, n))
#endif

inline closeSession() {
  registrations = 0; ok = 0; behind = 0; readings = 0; receipts = 0; contents = 0; contentReceipts = 0;
  regEpoch[1] = 0; regTag[1] = 0;
  secured = false; registered = false; serving = false
}

inline newSession() {
  closeSession();
  registrations = 1; regEpoch[0] = epoch; regTag[0] = tag;
  regInboxEpoch = inboxEpoch; regInboxNext = inboxNext;
  secured = true
}

inline enter() {                                   /* registered, under numbers of this stream */
  registered = true;
  if :: inboxEpoch != ok -> inboxEpoch = ok; inboxNext = 0 :: else fi;
  sendReadings()
}

inline sendReadings() {                            /* and send again what has no receipt */
  for (i : 0 .. READINGS - 1) { if :: outcome[i] == SENT -> add(readings, numberOf[i]) :: else fi }
}

inline sendContents() {
  for (i : 0 .. CONTENTS - 1) { if :: result[i] == SENT -> add(contents, contentNumber[i]) :: else fi }
}

inline numberReading() {                           /* the oldest one that waits, where it fits into the window */
  lowest = nextNumber; waiting = READINGS;
  for (i : 0 .. READINGS - 1) {
    if
    :: outcome[i] == SENT && numberOf[i] < lowest -> lowest = numberOf[i]
    :: outcome[i] == WAITS && waiting == READINGS -> waiting = i
    :: else
    fi
  }
  if
  :: waiting < READINGS && inWindow ->
     outcome[waiting] = SENT; numberOf[waiting] = nextNumber; readingAt[nextNumber] = waiting;
     add(readings, nextNumber); nextNumber++
  :: else
  fi
  lowest = 0; waiting = 0
}

inline skipEpoch(highest) {                        /* somebody else had this epoch: all numbers begin anew */
  stored = highest + 1; epoch = stored; tags++; tag = tags; nextNumber = 0; registered = false; bumps++;
  for (i : 0 .. READINGS - 1) { if :: outcome[i] == SENT -> outcome[i] = UNKNOWN :: else fi }
  regEpoch[1] = epoch; regTag[1] = tag; add(registrations, 1)
}

inline forsakeContents(then) {                     /* nobody knows whether the former boot got them */
  for (i : 0 .. CONTENTS - 1) { if :: result[i] == SENT -> result[i] = then :: else fi }
}

inline newBoot(ofEpoch, ofTag) {
  knownEpoch = ofEpoch; knownTag = ofTag; top = 0; seen = 0;
#ifdef SEND_AGAIN
  forsakeContents(WAITS)
#else
  forsakeContents(UNKNOWN)
#endif
}

inline register(r) {
  if
  :: isAccepted(r) ->
     if :: !sameBoot(r) -> newBoot(regEpoch[r], regTag[r]) :: else fi;
#ifndef NO_STREAM_EPOCH
     if                                            /* the inbox is ahead: numbers of a lost store */
     :: regInboxEpoch > streamEpoch || (regInboxEpoch == streamEpoch && regInboxNext > streamNext) ->
        streamEpoch = regInboxEpoch + 1; streamNext = 0; forsakeContents(UNKNOWN)
     :: else
     fi;
#endif
     serving = true; ok = streamEpoch; sendContents()
  :: else -> behind = knownEpoch
  fi
}

inline receiveReading(n) {
  add(uncommitted, n);
#ifdef EARLY_RECEIPT
  add(receipts, n)
#endif
}

inline commit(n) {
  delivered[readingAt[n]]++; add(seen, n); uncommitted = uncommitted & ~(1 << n);
  if :: n >= top -> top = n + 1 :: else fi;
  if :: mayConfirm -> add(receipts, n) :: else fi  /* in a later session the number may be another reading's */
}

inline numberContent() {                           /* one is under way */
  waiting = CONTENTS;
  for (i : 0 .. CONTENTS - 1) {
    if
    :: result[i] == SENT -> waiting = CONTENTS; break
    :: result[i] == WAITS && waiting == CONTENTS -> waiting = i
    :: else
    fi
  }
  if
  :: waiting < CONTENTS ->
     result[waiting] = SENT; contentNumber[waiting] = streamNext; contentAt[streamNext] = waiting;
     add(contents, streamNext); streamNext++
  :: else
  fi
  waiting = 0
}

inline receiveContent(n) {
  shown[contentAt[n]]++; inboxNext = n + 1; add(contentReceipts, n)
}

inline sendNew() {
  if :: registered -> numberReading(); numberReading() :: else fi;
  if :: serving -> numberContent() :: else fi
}

inline sendAgain() {
#ifndef NO_RESEND
  if :: !registered -> add(registrations, (regTag[1] != 0)) :: else -> sendReadings() fi;
  if :: serving -> sendContents() :: else fi
#endif
  skip
}

#include "faults.pml"

init {
  byte n;
  atomic {
    for (n : 0 .. NUMBERS - 1) { run Number(n) }
    run Registration(0); run Registration(1); run Session(); run Together();
    run Owner(); run Administrator(); run Faults(); run Timers()
  }
}
