// SPDX-License-Identifier: Apache-2.0
/*
 * The negotiation of src/negotiation as it rides on EDHOC (RFC 9528), with an attacker for a network.
 *
 *   Initiator                                  Responder
 *     m1: key, offer                   ---->
 *                                      <----   m2: key, session, offer as seen, choice
 *     m3: key, session, echo           ---->
 *                                      <----   m4: key, session
 *
 * Three mechanisms are the bits 1, 2, 4 of a set, the higher the stronger. `key` stands for the Initiator's
 * ephemeral key, `session` for the Responder's: one of each per handshake. m3 and m4 are protected under
 * both, so the attacker cannot make them: it keeps, loses, repeats and replays what it saw. m1 and m2 it
 * makes as it likes, at any time. EDHOC protects m2 too, but the negotiation shall not need that.
 *
 * Built with a property:  AGREEMENT, DOWNGRADE, FLOOR, COMPLETION, or none for spin's deadlock check
 *        with a network:  LOSSY (lossy.pml), else the attacker (attacker.pml)
 *        with TRANSCRIPT: m2 and m3 count only over the same offer and choice, as EDHOC's hash has it
 *        without a part:  NO_ECHO, NO_FLOOR, NO_TIMER, NO_MEMORY: spin must then find the fault
 *        with UNREACHED:  no handshake completes: spin must find that one does
 */
#define HANDSHAKES 2
#define atLeast(set, floor) ((set) & ~((floor) - 1))
#define strongest(set) (((set) & 4) -> 4 : (((set) & 2) -> 2 : ((set) & 1)))
#define weakest(set) (((set) & 1) -> 1 : (((set) & 2) -> 2 : ((set) & 4)))
#define prefer(set) (prefersStrong -> strongest(set) : weakest(set))

#ifdef NO_FLOOR
#define iWants iAccepts
#define rWants rAccepts
#else
#define iWants atLeast(iAccepts, iFloor)
#define rWants atLeast(rAccepts, rFloor)
#endif

#ifdef TRANSCRIPT
#define m2Verifies (rKey[s] == key && rOffer[s] == iOffer[key] && rChoice[s] == c)
#define m3Verifies (k == rKey[s] && o == rOffer[s] && c == rChoice[s])
#else
#define m2Verifies true
#define m3Verifies (k == rKey[s])
#endif

#ifdef NO_ECHO
#define answerFits (c & iWants)
#define echoFits true
#else
#define answerFits ((c & iWants) && o == iOffer[key])
#define echoFits (o == rOffer[s] && c == rChoice[s])
#endif

#ifdef NO_MEMORY
#define isCopy (pending && k == rKey[session] && o == rOffer[session])
#else
#define isCopy (k == rKey[session] && o == rOffer[session])
#endif

mtype = { m1, m2, m3, m4 };
chan net = [0] of { mtype, byte, byte, byte, byte };           /* type, key, session, offer, choice */

byte iAccepts, iFloor, rAccepts, rFloor;                       /* any policies: see init */
bool prefersStrong, iRuns;
byte iOffer[HANDSHAKES + 1], iChoice[HANDSHAKES + 1];                             /* by key */
byte rKey[HANDSHAKES + 1], rOffer[HANDSHAKES + 1], rChoice[HANDSHAKES + 1];       /* by session */
bool rDone[HANDSHAKES + 1];

inline completed(choice) {
#ifdef UNREACHED
  assert(false);
#endif
#ifdef DOWNGRADE
  assert(choice == prefer(iWants & rWants));       /* what an exchange that nobody disturbs would choose */
#endif
#ifdef FLOOR
  assert(choice >= iFloor && choice >= rFloor && (choice & iAccepts & rAccepts));
#endif
  skip
}

inline forget() { k = 0; s = 0; o = 0; c = 0 }

#ifdef LOSSY
#include "lossy.pml"
#else
#include "attacker.pml"
#endif

#ifdef NO_TIMER
#define resendTimer false
#else
#define resendTimer RESEND_TIMER
#endif

inline resend(type, with, choice) {
  if
  :: tries < TRIES -> tries++; net!type, key, with, iOffer[key], choice
  :: else ->
#ifdef COMPLETION
     assert((iWants & rWants) == 0);               /* gives up only where nothing is common */
#endif
     goto over
  fi
}

proctype Initiator() {
  byte key, session, k, s, o, c, tries;
  for (key : 1 .. HANDSHAKES) {
    iRuns = true; tries = 0; iOffer[key] = iWants;
    net!m1, key, 0, iOffer[key], 0;
    do
    :: atomic { receiveM2;
       if
       :: k == key && m2Verifies && answerFits -> session = s; iChoice[key] = c; forget(); break
       :: else -> forget()                         /* refused: changes nothing */
       fi }
    :: toI?m4, _, _, _, _
    :: resendTimer -> resend(m1, 0, 0)
    od;
    tries = 0;
    net!m3, key, session, iOffer[key], iChoice[key];
    do
    :: atomic { toI?m4, k, s, _, _;
       if
       :: k == key && s == session -> forget(); break
       :: else -> forget()
       fi }
    :: toI?m2, _, _, _, _
    :: resendTimer -> resend(m3, session, iChoice[key])
    od;
#ifdef AGREEMENT
    assert(rDone[session] && rKey[session] == key);
    assert(rOffer[session] == iOffer[key] && rChoice[session] == iChoice[key]);
#endif
    completed(iChoice[key]);
over:
    iRuns = false; session = 0
  }
}

proctype Responder() {
  byte session, k, s, o, c;
  bool pending;
end:
  do
  :: atomic { receiveM1;
     if
     :: isCopy -> net!m2, k, session, o, rChoice[session]      /* however late: the stored answer again */
     :: !isCopy && !pending && session < HANDSHAKES && (o & rWants) ->
        session++; pending = true;
        rKey[session] = k; rOffer[session] = o; rChoice[session] = prefer(o & rWants);
        net!m2, k, session, o, rChoice[session]
     :: else                                                   /* refused before any key exists */
     fi; forget() }
  :: atomic { toR?m3, k, s, o, c;
     if
     :: s == session && rDone[s] && k == rKey[s] -> net!m4, k, s, 0, 0
     :: s == session && pending && m3Verifies && echoFits ->
        pending = false; rDone[s] = true;
#ifdef AGREEMENT
        assert(iOffer[k] == rOffer[s] && iChoice[k] == rChoice[s]);
#endif
        completed(rChoice[s]); net!m4, k, s, 0, 0
     :: else
     fi; forget() }
  :: atomic { pending && EXPIRY_TIMER -> pending = false;
     rKey[session] = 0; rOffer[session] = 0; rChoice[session] = 0 }
  od
}

init {
  atomic {
    select(iAccepts : 1 .. 7); select(rAccepts : 1 .. 7);
    select(iFloor : 1 .. 4); select(rFloor : 1 .. 4);
    if :: prefersStrong = true :: prefersStrong = false fi;
    if
    :: (iFloor & iAccepts) && (rFloor & rAccepts) && iFloor != 3 && rFloor != 3 ->
       run Initiator(); run Responder(); run Network()
    :: else                                                    /* a floor is one of what is accepted */
    fi
  }
}
