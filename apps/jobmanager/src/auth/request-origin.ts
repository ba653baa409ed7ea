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

/** The headers by which a browser says where a request comes from. */
export interface OriginHeaders {
  readonly host?: string | undefined
  readonly origin?: string | undefined
  readonly 'sec-fetch-site'?: string | string[] | undefined
}

/**
 * Whether a request that a browser sends with its session cookie comes from a page of ours. Cookies do not know ports, so
 * to SameSite another program's page on localhost is the same site; these headers, which no page can forge, tell them
 * apart. `Sec-Fetch-Site: same-origin` says that the page is of the very address that the browser has asked, whatever
 * tunnel or proxy (our web server) lies between; it is the only one that comes with a reading request. Origin comes with
 * every request that changes something: it has to be the address that was asked, or one of `pageOrigins` (the web app's).
 * A request with neither is refused.
 */
export function comesFromOwnPage(headers: OriginHeaders, pageOrigins: readonly string[]): boolean {
  if (headers['sec-fetch-site'] === 'same-origin') return true
  const { origin, host } = headers
  if (origin === undefined || host === undefined) return false
  return origin === `http://${host}` || pageOrigins.includes(origin)
}
