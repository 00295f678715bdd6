// SPDX-License-Identifier: Apache-2.0

/** Limits that a specification sets. They are not ours to change. */
export const SpecificationLimits = Object.freeze({
  /** Partial IV and sender sequence number: 40 bits (RFC 8613 section 5). */
  maxSequenceNumber: 2 ** 40 - 1,
  maxPartialIvBytes: 5,
  /** AES-CCM with an 8-byte tag: records sealed under one key (draft-ietf-core-oscore-key-limits, q). */
  ccm8MaxSealed: 2 ** 20,
  /** AES-CCM with an 8-byte tag: failed openings under one key (draft-ietf-core-oscore-key-limits, v). */
  ccm8MaxFailed: 2 ** 14,
  /** AES-CCM with an 8-byte tag: bytes in one message for which q and v hold (same draft, l). */
  ccm8MaxMessageBytes: 4096,
  /** AES-CCM with a 16-byte tag: q and v, rounded down (RFC 9147 section 4.5.3 and Appendix B.1). */
  ccm16MaxSealed: 2 ** 23,
  ccm16MaxFailed: 2 ** 23,
  /** AES-GCM: q, rounded down (RFC 8446 section 5.5) and v (RFC 9147 section 4.5.3). */
  gcmMaxSealed: 2 ** 24,
  gcmMaxFailed: 2 ** 36,
  /** ChaCha20-Poly1305: v (RFC 9147 section 4.5.3). Its q is beyond the last sequence number. */
  chacha20Poly1305MaxFailed: 2 ** 36,
  /** Sender ID and kid: nonce length - 6, with the longest nonce here (RFC 8613 section 3.3). */
  maxKidBytes: 7,
  /** ATT_MTU of a new LE connection (Bluetooth Core, Vol 3 Part G 5.2.1). */
  attMinMtu: 23,
  /** Opcode and handle in front of a value in a notification or a write (Vol 3 Part F 3.4). */
  attHeaderBytes: 3,
  /** Bytes of an attribute's value, however large the MTU (Vol 3 Part F 3.2.9). */
  attMaxValueBytes: 512,
});

/**
 * Limits that this implementation sets, so that no input decides how much memory or stack it takes. Those that meet in
 * one message agree: src/roles/limits.test.ts holds them to that.
 */
export const ImplementationLimits = Object.freeze({
  /** Nesting of a protocol CBOR item. */
  cborMaxDepth: 8,
  /** Entries of one protocol CBOR array or map. */
  cborMaxItems: 64,
  /** Bytes of one protocol CBOR byte or text string, and of one encoded item. */
  cborMaxBytes: 8192,
  /** Nesting of an application payload. */
  payloadMaxDepth: 4,
  /** Entries of all arrays and maps of one application payload together. */
  payloadMaxItems: 256,
  /** Bytes of one text string in an application payload. */
  payloadMaxTextBytes: 1024,
  /** Bytes of one encoded application payload. */
  payloadMaxBytes: 2048,
  /** Bytes of one link message. */
  linkMaxMessageBytes: 8192,
  /** Bytes of link messages that wait to be sent in fragments: two of the largest size. */
  fragmentMaxQueuedBytes: 16384,
  /**
   * How long a message that came in part waits for its next fragment, at least; twice that at most. Shorter
   * than half the fragment numbers could pass in on the fastest LE radio.
   */
  fragmentTimeoutMs: 3000,
  /** How often an end of a link shows that it lives, where it has nothing else to send. */
  linkBeatMs: 15_000,
  /** Beats without any sign of the peer after which the next one finds the link dead: within a minute. */
  linkMaxSilentBeats: 3,
  /** How long a connection may take to become a link: TCP to connect, WebSocket to be opened. */
  linkOpeningMs: 10_000,
  /** How long a central may be connected before its link is secured and can carry messages. */
  linkSecuringMs: 60_000,
  /** The pause before a PNE connects again, the first and the longest; each is up to half as long again by jitter. */
  reconnectFirstMs: 100,
  reconnectMaxMs: 30_000,
  /** A link that has lasted so long has proved useful, whatever it carried. */
  linkProvenMs: 60_000,
  /** How often an end of a serial line calls the other. */
  lineCallMs: 5000,
  /** Calls of its own during which an end hears nothing before its link ends: after 15 to 20 seconds. */
  lineMaxSilentCalls: 3,
  /** How long a stack may take no notification of a PNE before the link is ended. */
  bleStallMs: 10_000,
  /** How long a central that was asked to disconnect may take before the PNE ends the connection itself. */
  bleFarewellMs: 2000,
  /** Bytes of one link message that a PNE takes: the longest payload, or handshake message, and what is around it. */
  pneMaxMessageBytes: 2560,
  /** Sequence numbers behind the highest accepted one that a replay window still tells apart. */
  replayWindowSize: 32,
  /** Sequence numbers reserved at once: writes of the store against numbers skipped after a restart. */
  sequenceBlockSize: 128,
  /** Bytes of a kid context. */
  maxKidContextBytes: 16,
  /** Bytes of plaintext in one record, under every algorithm: the l for which q and v hold. */
  recordMaxMessageBytes: 4096,
  /** HMAC 256/64: failed verifications under one key. Forgery odds stay at 2^-50, as with AES-CCM-8. */
  hmac64MaxFailed: 2 ** 14,
  /** HMAC 256/256: failed verifications under one key, as for the AEADs with the largest bound. */
  hmac256MaxFailed: 2 ** 36,
  /** Readings of one PNE that wait for their receipt. */
  pneMaxOutstanding: 16,
  /** Readings in one message. Their payloads together are no longer than the longest alone. */
  readingsMaxTogether: 16,
  /** Names of fields that a PNE and its server have numbers for, so that a number takes one byte. */
  dictionaryMaxNames: 24,
  /** Bytes of one of them. */
  dictionaryMaxNameBytes: 32,
  /** Bytes of them: two of the longest, or any mix that takes no more. */
  pneMaxOutstandingBytes: 4352,
  /** How long the sender of a message waits for its receipt before it sends again, the first few times. */
  receiptTimeoutMs: 5000,
  /** How often that time doubles then. */
  maxResendDoublings: 3,
  /**
   * Numbers that readings under way may span: the receiver's window, so that it can tell of each whether it was
   * there before. Contents go one after the other.
   */
  readingSpan: 32,
  contentSpan: 1,
  /** Boots of one PNE. Each begins a stream of readings, of so many at most: together they fit a safe integer. */
  maxBootEpoch: 2 ** 21 - 1,
  maxReadingsPerBoot: 2 ** 32,
  /** How long a PNE hears nothing of the server before it asks whether that has its keys still. */
  signOfLifeMs: 3_600_000,
  /** How long whoever's store has failed waits before asking again: a PNE for its boot counter, a server for a record. */
  storeRetryMs: 10_000,
  /** Bytes that tell boots with one counter apart: copies of a store, and a device and its clone. */
  bootTagBytes: 4,
  /** How long a gateway waits for a link to be secured by a handshake. */
  hopSecuringMs: 120_000,
  /**
   * Bytes that name a link's channel: enough that a man in the middle of two channels cannot make them
   * collide while a handshake waits.
   */
  linkBindingBytes: 16,
  /** Bytes of one handshake message, which is what a half-open handshake keeps of it. */
  handshakeMaxMessageBytes: 2048,
  /** Items of one EAD field, padding included. */
  handshakeMaxEadItems: 8,
  /** Credentials with one reference: each message that names it is checked against all of them. */
  maxCandidates: 8,
  /** Bytes of a credential as a device keeps it: what one of its records holds. */
  compactCredentialMaxBytes: 46,
  /** Messages of one link that a gateway relays for a PNE that has no credential yet. */
  onboardingMaxMessages: 12,
  /** Links of one gateway on which that happens at a time. */
  gatewayMaxOnboarding: 4,
  /** Messages 2 that an EDHOC-PSK Initiator answers while none is confirmed: any of them may be forged. */
  pskMaxAnswers: 8,
  /** How often a message is sent to resume, before public keys are tried instead: after six seconds. */
  resumptionMaxTransmissions: 2,
  /** How often a handshake message is sent before its sender gives up, the first time included. */
  handshakeMaxTransmissions: 5,
  /** How long the sender of a handshake message waits before it sends the first time again. */
  handshakeFirstTimeoutMs: 2000,
  /** Half-open handshakes that a Responder holds for one link. */
  maxHalfOpenPerPeer: 4,
  /** Times that a message is sent again without any answer before a PNE runs the handshake anew. */
  maxSilentResends: 3,
  /** PNEs that a gateway keeps a key to resume with of: twice as many as it has links. */
  gatewayMaxResumptions: 256,
  /** PNEs that a server keeps such a key of. */
  serverMaxResumptions: 16_384,
  /** PNE links of one gateway, unless it is told otherwise. */
  gatewayMaxPnes: 64,
  /**
   * PNEs that a gateway tries to reach at a time: the accept list of a controller has room for some more, and
   * ble-host 1.0.3 throws where it has not.
   */
  gatewayMaxSought: 4,
  /** Those of them that have no bond: whoever has one is sought beside any number of strangers. */
  gatewayMaxSoughtStrangers: 3,
  /** Peers without a bond that a gateway holds a place for, sought or connected, until they are secured. */
  gatewayMaxStrangers: 8,
  /** How long a gateway tries to reach a PNE that it has heard. */
  gatewayReachMs: 5000,
  /**
   * How long a PNE whose Bluetooth LE connection has ended is left alone: at first, with each connection
   * that was of no use twice as long, and at most. Jitter takes up to half of it.
   */
  gatewayRetryFirstMs: 500,
  gatewayRetryMaxMs: 30_000,
  /** How long after that its connections of no use still count. */
  gatewayRetryMemoryMs: 600_000,
  /** Peers without a bond whose connections are counted each for itself. Those beyond count together. */
  gatewayMaxCountedStrangers: 256,
  /** A link was of use that lasted so long, or on which the gateway has sent a record of CPNS-1. */
  linkUsefulMs: 30_000,
  /** Flows on which one server link may run handshakes: the oldest makes room. */
  serverMaxFlows: 128,
  /** Members of one group, PNEs that it is of; a sender number has 11 bits. */
  groupMaxMembers: 1024,
  /** References of keys (src/keys/reference.ts). */
  maxGroupReference: 2 ** 21 - 1,
  /** Groups that one PNE is a member of, and PNs: what its store has room for. */
  pneMaxGroups: 8,
  pneMaxNetworks: 1,
  /** Senders of one epoch that a member tells apart, and those of them whose keys it holds at a time. */
  groupMaxSenders: 32,
  groupMaxKeyedSenders: 4,
  /** Keys of other members by which a PNE verifies signatures, and bytes of a content that waits for one. */
  signingMaxKeys: 8,
  signingMaxHeldBytes: 512,
  /** How long contents of the former epoch are taken after the new one has come. */
  groupGraceMs: 60_000,
  /** Proofs of a key that may fail before the server waits for the PNE to come again. */
  keyMaxFailedProofs: 3,
  /** How often a PNE asks for its keys before it waits for its next registration. */
  keyMaxRequests: 8,
  /**
   * Texts of what a PNE asks of a server, bytes of one, and parts of an answer: both messages have less than 24 items. And
   * bytes of a list in one answer; the rest of it comes in the next.
   */
  serviceMaxTexts: 17,
  serviceMaxTextBytes: 128,
  serviceMaxResults: 20,
  serviceMaxListBytes: 1024,
  /** Bytes of a gateway's credential that a server tells a PNE of. */
  noticeMaxCredentialBytes: 256,
  /** PNEs that one lists for a PN. */
  serviceMaxListed: 16,
  /** Service groups, and PNs, that one PNE owns because it asked for them. */
  serviceMaxOwned: 8,
  /** Questions that a PNE is told at a time, for its consent, and answers to them that it has under way. */
  pneMaxQuestions: 8,
  /** Links of gateways at one server: one that nobody has secured makes room for a newer one. */
  serverMaxGateways: 64,
  /** Statements that one end of CPNS-2 has sent and the other has not confirmed yet. */
  maxStatementsUnderWay: 8,
  /** Contents that wait for delivery to one PNE. */
  serverMaxQueuedContents: 8,
  /** Bytes of one grant, rows of its scope, and bytes of the kid in its cnf. */
  grantMaxBytes: 256,
  grantMaxRows: 8,
  grantMaxKidBytes: 16,
  /** How long a grant may hold for whoever counts from when it came: what a timer can wait for. */
  grantMaxSeconds: 2_147_483,
  /** How long what a server may do at a PNE holds: a day. */
  serverGrantSeconds: 86_400,
  /** How long a PNE waits to ask again for what was not granted. */
  authorizationRetryMs: 60_000,
});
