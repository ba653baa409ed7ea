/** Why somebody sees the login page. */
export type Notice = 'refused' | 'unreachable' | 'stranger' | 'ended' | 'out'

/** What the address of the login page says about that; null for somebody who just came. */
export function noticeOf(params: Pick<URLSearchParams, 'get' | 'has'>): Notice | null {
  const link = params.get('link')
  if (link === 'refused' || link === 'unreachable') return link
  if (params.has('out')) return 'out'
  if (params.has('ended')) return 'ended'
  return params.has('next') ? 'stranger' : null
}
