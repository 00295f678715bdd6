// SPDX-License-Identifier: Apache-2.0

/** Limits of what listens, connects and stores on Node, apart from those of devices (limits.ts), so that no image carries them. */
export const NodeLimits = /* @__PURE__ */ Object.freeze({
  /** Links of one listener. Twice what a gateway has, so that its own choice is the one that counts. */
  listenerMaxLinks: 256,
  /** PNE links of a gateway on Node. */
  gatewayMaxLinks: 128,
  /** Connections of one listener that are no links yet: the oldest makes room. */
  listenerMaxOpening: 32,
  /** Bytes of one HTTP request that asks for a WebSocket. */
  listenerMaxHeaderBytes: 4096,
  /** Bytes that may wait for a PNE that does not read: 16 of the largest messages. */
  pneMaxQueuedBytes: 131_072,
  /** Bytes that may wait for a server, or for its gateway: 64 of the largest messages. */
  serverMaxQueuedBytes: 524_288,
  /** Pause before a link that was lost is made again; each further one is twice as long. */
  reconnectFirstMs: 250,
  /** The longest pause. A link that lives so long is a good one: the next pause is short again. */
  reconnectMaxMs: 30_000,
  /**
   * Records, and bytes of them, that a gateway keeps of one PNE while its server is away: what a PNE has under way, sent
   * four times. And of all: as many as there are links.
   */
  relayMaxRecords: 64,
  relayMaxBytes: 32_768,
  relayMaxAllRecords: 8192,
  relayMaxAllBytes: 4_194_304,
  /** How long it waits where the link to the server takes no more. */
  relayRetryMs: 100,
  /** Administrators of a PN, beside its owner. */
  networkMaxAdmins: 8,
  /** Changes of one PNE's record that wait while the store does not answer. */
  serverMaxWaitingChanges: 64,
  /** Bytes of a key and of a value in the key-value store, whatever engine it has. */
  storeMaxKeyBytes: 511,
  storeMaxValueBytes: 65_536,
  /** Entries that are read at once. */
  storePage: 1000,
  /** Readings that are written to a file, and forgotten, at once. */
  outputBatch: 256,
  /** Bytes of the name of a user, and devices that are his. */
  userMaxNameBytes: 64,
  userMaxDevices: 32,
  /** Proofs by a user's code that may be wrong. */
  userCodeMaxTries: 5,
  /** Wishes of a device that wait for the one before them, and pages of a list that it takes. */
  deviceMaxWishes: 64,
  deviceMaxPages: 256,
  /** Bytes of the name of a device that is enrolled. */
  deviceMaxNameBytes: 128,
  /** Bytes of a file system that are left free: what is under way when it gets low takes less. */
  storeReserveBytes: 16_777_216,
  /** Browsers that may look at one page, how often they are told of changes, and how long a request may take. */
  pageMaxViewers: 16,
  pageChangeMs: 100,
  pageTimeoutMs: 10_000,
  /** Bytes of what a page asks its program to do, its fields, characters of each, and how many are done at once. */
  pageActionMaxBytes: 4096,
  pageActionMaxFields: 8,
  pageActionMaxText: 512,
  pageMaxActions: 8,
  /** Connections of those who look at a program's metrics, and how long a request may take. */
  metricsMaxConnections: 16,
  metricsTimeoutMs: 10_000,
  /** How long a Bluetooth LE controller may take to answer when it is opened. */
  adapterOpeningMs: 10_000,
  /** How long a PNE whose PN goes to another gateway may stay where it is, and hear of that. */
  placementGraceMs: 1000,
  /** How often a process looks for what another one has committed. */
  storePollMs: 500,
  /** Connections of one process to PostgreSQL, and how long it waits for one and for the answer to a statement. */
  postgresConnections: 8,
  postgresTimeoutMs: 10_000,
  /** Contents of groups that a gateway remembers, so that none is passed on twice. */
  gatewayMaxSeenContents: 256,
  /** Orders to a gateway that are not asked yet, and how long somebody waits for what becomes of one, in seconds. */
  gatewayMaxOrders: 16,
  orderSeconds: 15,
  /** How often a gateway asks its server what the owner of its PN says to a bridge, in ms. */
  bridgeAskMs: 2000,
  /** How long a consent of his counts there without being heard again. */
  bridgeConsentSeconds: 86_400,
  /** Links of other gateways at a gateway. */
  gatewayMaxBridges: 16,
  /** Links of external entities at one server: one that nobody has secured makes room for a newer one. */
  serverMaxEntities: 16,
  /** Readings that were sent to an external entity and are not gone from the store, and contents of it under way. */
  entityMaxUnderWay: 64,
  entityMaxRequests: 32,
  /** How often readings for an external entity are looked for that another process has stored. */
  entityPollMs: 1000,
  /** How long the link of an external entity without a grant stays, so that it hears why. */
  entityRefusedMs: 1000,
  /** Readings that an external entity knows to have taken: several times what can be under way. */
  entityMemory: 256,
  /** Fields of one PNE that Home Assistant is told of, and bytes of a command that comes by MQTT or HTTP. */
  bridgeMaxFields: 64,
  bridgeMaxCommandBytes: 8192,
  /** Connections of applications by HTTP, how long a request may take, and events that a reader may ask for again. */
  httpMaxConnections: 16,
  httpTimeoutMs: 10_000,
  httpMemory: 256,
  /** How long a broker may take to answer. */
  brokerTimeoutMs: 10_000,
  /** Bytes that may come of it before a packet is whole: many times the longest command. */
  brokerMaxPacketBytes: 262_144,
  /** Readings that are kept for one external entity, and how often they are counted once it looks like so many. */
  entityMaxKept: 100_000,
  entityRecountMs: 60_000,
  /**
   * Questions to owners that wait for an answer: of one subject, and of all; and those that are kept, answered or not. How
   * long one waits, and how long an answer counts that does not say so, in seconds: a week, and 30 days.
   */
  consentMaxAskedBySubject: 16,
  consentMaxAsked: 256,
  consentMaxKept: 8192,
  consentAskSeconds: 604_800,
  consentAnswerSeconds: 2_592_000,
  /** How often it is looked whether the time of an answer is over. */
  consentLapseMs: 60_000,
  /** How often a statement is run that the database cannot put in order with others. */
  postgresMaxAttempts: 20,
  /**
   * What the IKE daemon may say by VICI: bytes of a packet (its own limit), depth and elements of a message, and how many
   * IKE_SAs; and how long it may take, as the kernel for its policies.
   */
  viciMaxPacketBytes: 524_288,
  viciMaxDepth: 8,
  viciMaxElements: 65_536,
  viciMaxSas: 4096,
  viciTimeoutMs: 5000,
  /** Policies of the kernel, and bytes of their text. */
  xfrmMaxPolicies: 4096,
  xfrmMaxBytes: 4_194_304,
  /** How often evidence of IPsec is asked for anew though no association changes. */
  ipsecCheckMs: 10_000,
});
