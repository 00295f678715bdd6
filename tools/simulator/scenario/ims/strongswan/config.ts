// SPDX-License-Identifier: Apache-2.0

/** What strongSwan is told at either end (strongswan.conf(5), swanctl.conf(5)). */

export interface SwanEnd {
  readonly name: string;
  readonly address: string;
  readonly viciPath: string;
}

/** Of the daemon: nothing of the machine's own configuration is read. */
export function daemonConfig({ viciPath }: SwanEnd): string {
  return `charon-systemd {
  load = random nonce aes sha1 sha2 hmac kdf gcm openssl pem pkcs1 pubkey kernel-netlink socket-default vici updown
  install_routes = no
  journal { default = -1 }
  plugins { vici { socket = unix://${viciPath} } }
}
swanctl { load = random pem pkcs1 pubkey openssl }
`;
}

/** Of one connection: ESP in transport mode between the two, who know each other by a secret of this run. */
export function connectionConfig(
  own: SwanEnd,
  other: SwanEnd,
  secret: Uint8Array,
  hasPolicies: boolean,
): string {
  return `connections { cpns2 {
  version = 2
  local_addrs = ${own.address}
  remote_addrs = ${other.address}
  proposals = aes128gcm16-prfsha256-ecp256
  local {
    auth = psk
    id = ${own.name}
  }
  remote {
    auth = psk
    id = ${other.name}
  }
  children { cpns2 {
    mode = transport
    local_ts = ${own.address}
    remote_ts = ${other.address}
    esp_proposals = aes128gcm16
    policies = ${hasPolicies ? 'yes' : 'no'}
  } }
} }
secrets { ike-cpns2 { secret = 0s${Buffer.from(secret).toString('base64')} } }
`;
}
