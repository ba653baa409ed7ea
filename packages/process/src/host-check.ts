import { isIP } from 'node:net'

/**
 * Whether the Host header of a request names this server. A page of a foreign site can make a browser send requests to
 * 127.0.0.1 under the site's own name (DNS rebinding); it cannot do so under an address. So numeric addresses, localhost
 * and the names in `allowed` pass, every other name and a missing header do not. The port is not compared: a tunnel or
 * a container may map it.
 */
export function isAllowedHost(header: string | undefined, allowed: readonly string[] = []): boolean {
  const host = hostOf(header)
  if (host === null) return false
  const plain = host.startsWith('[') ? host.slice(1, -1) : host
  return isIP(plain) !== 0 || plain === 'localhost' || allowed.includes(plain)
}

/** The host of a Host header in lower case and without the port; null when it is not one. */
function hostOf(header: string | undefined): string | null {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.exec(header ?? '')
  return match === null ? null : match[1]!.toLowerCase()
}
