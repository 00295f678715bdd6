// SPDX-License-Identifier: Apache-2.0
/*
 * The attacker as the network. m1 and m2 come with any content at any time, so it drops the real ones;
 * those left out below would be refused and change nothing. m3 and m4 it can only keep and deliver, as
 * often and as late as it likes, in any handshake. Timers fire when it suits it; resending adds nothing
 * to what it can repeat.
 */
#define TRIES 0
#define RESEND_TIMER true
#define EXPIRY_TIMER true
#define receiveM1 !pending && session < HANDSHAKES -> select(k : 1 .. HANDSHAKES); select(o : 1 .. 7)
#define receiveM2 select(s : 1 .. HANDSHAKES); select(c : 0 .. 2); c = 1 << c; k = key; o = iOffer[key]

chan toI = [0] of { mtype, byte, byte, byte, byte };
chan toR = [0] of { mtype, byte, byte, byte, byte };

proctype Network() {
  byte k, s, o, c, k3, s3, o3, c3, k4, s4;
end:
  do
  :: net?m1, _, _, _, _
  :: net?m2, _, _, _, _
  :: atomic { net?m3, k, s, o, c; if :: k3 = k; s3 = s; o3 = o; c3 = c :: true fi; forget() }
  :: atomic { net?m4, k, s, _, _; if :: k4 = k; s4 = s :: true fi; forget() }
  :: toR!m3, k3, s3, o3, c3
  :: toI!m4, k4, s4, 0, 0
  od
}
