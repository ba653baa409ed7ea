import { hostInUrl } from './job-manager.ts'

/** What holds for one connection alone, and what only a trusted proxy may say; the JobManager gets neither. */
const DROPPED = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
  'origin',
  'referer',
  'accept-encoding',
  'expect',
  'forwarded',
])

export type OriginVerdict = 'own' | 'none' | 'foreign'

/**
 * Whether a request comes from one of our own pages: a browser sends the page's Origin with whatever may change
 * something, and Host names this server as the page knows it (through whatever tunnel). One without Origin is no page.
 */
export function judgeOrigin(origin: string | null, host: string | null): OriginVerdict {
  if (origin === null) return 'none'
  if (host === null) return 'foreign'
  return origin === `http://${host}` || origin === `https://${host}` ? 'own' : 'foreign'
}

/**
 * The headers for the JobManager. Its checks of Host and Origin stay as they are: it is asked under its own name, and a
 * request whose Origin is this server's own (checked by `judgeOrigin`) comes to it as one of its own pages. A foreign
 * Origin is passed on as it is, and refused there.
 */
export function forwardedHeaders(
  incoming: Iterable<readonly [string, string]>,
  target: { readonly host: string; readonly port: number },
): Record<string, string> {
  const headers: Record<string, string> = {}
  let origin: string | null = null
  let host: string | null = null
  for (const [rawName, value] of incoming) {
    const name = rawName.toLowerCase()
    if (name === 'origin') origin = value
    if (name === 'host') host = value
    if (DROPPED.has(name) || name.startsWith('x-forwarded-') || name.startsWith('x-middleware-')) continue
    headers[name] = value
  }
  const authority = `${hostInUrl(target.host)}:${target.port}`
  headers.host = authority
  const verdict = judgeOrigin(origin, host)
  if (verdict === 'own') headers.origin = `http://${authority}`
  if (verdict === 'foreign' && origin !== null) headers.origin = foreign(origin, authority)
  return headers
}

/** A page of the JobManager's own address is not one of this server's: it must not pass for one of ours by luck. */
function foreign(origin: string, authority: string): string {
  return origin === `http://${authority}` ? 'null' : origin
}
