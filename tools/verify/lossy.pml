// SPDX-License-Identifier: Apache-2.0
/*
 * A network that nobody attacks: it loses two messages, delays one past others, repeats one. Timers are
 * slower than the network, and the Responder's slower than all the Initiator's resending.
 */
#define TRIES 3
#define RESEND_TIMER timeout
#define EXPIRY_TIMER (timeout && !iRuns)
#define receiveM1 toR?m1, k, _, o, _
#define receiveM2 toI?m2, k, s, o, c

chan toI = [1] of { mtype, byte, byte, byte, byte };
chan toR = [1] of { mtype, byte, byte, byte, byte };

inline deliver(type) {
  if
  :: (type == m1 || type == m3) && nfull(toR) -> toR!type, k, s, o, c
  :: (type == m2 || type == m4) && nfull(toI) -> toI!type, k, s, o, c
  fi
}

proctype Network() {
  mtype t, held;
  byte k, s, o, c, hk, hs, ho, hc, losses, copies;
end:
  do
  :: atomic { net?t, k, s, o, c;
     if
     :: deliver(t)
     :: losses < 2 -> losses++
     :: !held -> held = t; hk = k; hs = s; ho = o; hc = c
     :: !held && copies < 1 -> copies++; held = t; hk = k; hs = s; ho = o; hc = c; deliver(t)
     fi; forget(); t = 0 }
  :: atomic { held -> k = hk; s = hs; o = ho; c = hc; deliver(held);
     forget(); held = 0; hk = 0; hs = 0; ho = 0; hc = 0 }
  od
}
