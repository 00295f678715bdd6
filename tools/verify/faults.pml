// SPDX-License-Identifier: Apache-2.0
/* What drives the two ends of delivery.pml: their owner, the network, faults and timers; and what must hold. */
#define step(guard, action) atomic { guard -> action; sendNew(); check() }
#define lose(set, n) step(has(set, n) && losses < LOSSES, set = set & ~(1 << n); losses++)
#define sent (registrations + 4 * readings + 64 * contents)

inline check() {
  for (i : 0 .. READINGS - 1) {
#ifdef ONCE
    assert(delivered[i] <= 1 && (outcome[i] != CONFIRMED || delivered[i] == 1 || has(excused, i)));
#endif
#ifdef REPORTED
    assert(outcome[i] != UNKNOWN || causes > 0);
#endif
    skip
  }
  for (i : 0 .. CONTENTS - 1) {
#ifdef ONCE
    assert(shown[i] <= 1 && (result[i] != CONFIRMED || shown[i] == 1));
#endif
#ifdef REPORTED
    assert(result[i] != UNKNOWN || faults > 0);
#endif
    skip
  }
#ifdef REPORTED
  assert(bumps <= causes);
#endif
  i = 0
}

/* What passes under one number, either way. */
proctype Number(byte n) {
end:
  do
  :: step(has(readings, n) && serving && isNew(n) && !has(uncommitted, n), receiveReading(n))
  :: step(has(readings, n) && serving && isSeen(n) && !has(receipts, n), add(receipts, n))
  :: step(has(uncommitted, n), commit(n))
  :: step(has(receipts, n) && isOutstanding(n), outcome[readingAt[n]] = CONFIRMED)
  :: step(has(contents, n) && registered && n >= inboxNext, receiveContent(n))
  :: step(has(contents, n) && registered && n < inboxNext && !has(contentReceipts, n), add(contentReceipts, n))
  :: step(has(contentReceipts, n) && isUnderWay(n), result[contentAt[n]] = CONFIRMED)
  :: lose(readings, n)
  :: lose(receipts, n)
  :: lose(contents, n)
  :: lose(contentReceipts, n)
  od
}

/* A registration: of the boot that began the session, or of the epoch that follows on epochBehind. */
proctype Registration(byte r) {
end:
  do
  :: step(has(registrations, r) && !isStale(r) && !uncommitted && !isAnswered(r), register(r))
  :: lose(registrations, r)
  od
}

/* A record of several readings, or a receipt of several, is one that is lost; what it had under each number goes with it. */
proctype Together() {
end:
  do
  :: step(readings && losses < LOSSES, readings = 0; losses++)
  :: step(receipts && losses < LOSSES, receipts = 0; losses++)
  od
}

proctype Session() {
end:
  do
  :: step(!secured, newSession())
  :: step(ok && !registered, enter())
  :: step(behind && behind >= epoch, skipEpoch(behind))
  :: step((ok || behind) && losses < LOSSES, ok = 0; behind = 0; losses++)
  od
}

proctype Owner() {
  byte n;
  for (n : 0 .. READINGS - 1) { step(true, outcome[n] = WAITS) }
}

proctype Administrator() {
  byte n;
  for (n : 0 .. CONTENTS - 1) { step(result[n] == 0, result[n] = WAITS) }
}

inline restartPne() {
  for (i : 0 .. READINGS - 1) {
    if :: outcome[i] == WAITS || outcome[i] == SENT -> outcome[i] = LOST :: else fi
  }
  stored++; epoch = stored; tags++; tag = tags; nextNumber = 0; inboxEpoch = 0; inboxNext = 0;
  closeSession()
}

inline eraseServer() {
  for (i : 0 .. READINGS - 1) { if :: delivered[i] -> delivered[i] = 0; add(excused, i) :: else fi }
  for (i : 0 .. CONTENTS - 1) { if :: result[i] == WAITS || result[i] == SENT -> result[i] = LOST :: else fi }
  knownEpoch = 0; knownTag = 0; top = 0; seen = 0; streamEpoch = 1; streamNext = 0; uncommitted = 0;
  closeSession()
}

proctype Faults() {
end:
  do
  :: step(faults < FAULTS && secured, faults++; closeSession())                    /* new keys */
  :: step(faults < FAULTS, faults++; restartPne())
  :: step(faults < FAULTS && stored > 0, faults++; causes++; stored = 0; restartPne())    /* rolled back */
  :: step(faults < FAULTS && !uncommitted, faults++; causes++; newBoot(knownEpoch + 1, 0); closeSession())    /* a clone */
  :: step(faults < FAULTS, faults++; uncommitted = 0; closeSession())              /* the server restarts */
  :: step(faults < FAULTS && knownEpoch, faults++; causes++; eraseServer())
  od
}

proctype Timers() {
  int before;
  byte n;
  do
  :: atomic { timeout -> before = sent; sendAgain();
     if :: sent == before -> break :: else -> before = 0; sendNew(); check() fi }
  od;
  for (n : 0 .. READINGS - 1) {
#ifdef SETTLED
    assert(outcome[n] >= CONFIRMED);
#endif
    if :: outcome[n] != CONFIRMED -> waiting++ :: else fi
  }
  for (n : 0 .. CONTENTS - 1) {
#ifdef SETTLED
    assert(result[n] >= CONFIRMED);
#endif
    if :: result[n] != CONFIRMED -> waiting++ :: else fi
  }
#ifdef UNREACHED
  assert(waiting > 0);
#endif
  waiting = 0
}
