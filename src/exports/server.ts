// SPDX-License-Identifier: Apache-2.0

/** `pne-runtime/server`: a CPNS Server in a program of one's own. */
export { DEFAULT_PN, lastingMembership } from '../authorization/membership.ts';
export { createCredentialStore } from '../handshake/credential.ts';
export { type CpnsServer, type CpnsServerOptions, startCpnsServer } from '../node/cpns-server.ts';
export type { Administration, GatewayGrant, GatewayRight, Right } from '../node/own-administration.ts';
export {
  type SimpleServer,
  type SimpleServerOptions,
  startOwnServer as startServer,
} from '../node/own-server.ts';
export type { GroupView, ServerGroups } from '../node/server-groups.ts';
export type { Wished } from '../node/wishes.ts';
export type { NewGroup } from '../roles/server-keys.ts';
export { createMemoryStore, type Reading, type ServerStore } from '../roles/server-store.ts';
export type { DecidedWish } from '../roles/service-desk.ts';
export type { ServiceRight } from '../roles/service-rights.ts';
