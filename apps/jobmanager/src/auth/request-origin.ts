import { isIP } from 'node:net'
import { isLoopback } from '@weir/process/setting-kinds'

/**
 * Whether the Host header names this server. A page of a foreign site can make a browser send requests to 127.0.0.1
 * under the site's own name (DNS rebinding), and then read the answers; under a name of this machine it cannot. So
 * loopback addresses, localhost and `ownName` (WEIR_HOST) pass; every other name, and a missing one, does not. The port
 * is not compared: a tunnel may map it, and a browser cannot be made to send a false one.
 */
export function namesThisServer(hostHeader: string | undefined, ownName: string): boolean {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(hostHeader ?? '')
  const host = (match?.[1] ?? match?.[2] ?? '').toLowerCase()
  if (host === '') return false
  return host === ownName.toLowerCase() || (isLoopback(host) && (host === 'localhost' || isIP(host) !== 0))
}

/**
 * Whether a request that a browser sends with its session cookie comes from a page of this server. Cookies do not know
 * ports, so to SameSite another program's page on localhost is the same site; the Origin header tells them apart.
 * `pageOrigins` are further origins that serve our pages (the web app's). Browsers send Origin with every request that
 * changes something; one without it is refused.
 */
export function comesFromOwnPage(
  originHeader: string | undefined,
  hostHeader: string | undefined,
  pageOrigins: readonly string[],
): boolean {
  if (originHeader === undefined || hostHeader === undefined) return false
  return originHeader === `http://${hostHeader}` || pageOrigins.includes(originHeader)
}
