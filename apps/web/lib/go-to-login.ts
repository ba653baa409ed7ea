let wasLoggedIn = false

/** The page knows who is logged in: a 401 from now on is the end of a session. */
export function noteLoggedIn(): void {
  wasLoggedIn = true
}

/** Leads to the login page, which leads back here. Outside of React, since any answer can be a 401. */
export function goToLogin(): void {
  if (window.location.pathname === '/login') return
  const here = `${window.location.pathname}${window.location.search}`
  window.location.assign(loginAddress(here, wasLoggedIn))
}

/** The address of the login page that leads to `next` afterwards; `ended`: it says that a session has ended. */
export function loginAddress(next: string, ended = false): string {
  const params = new URLSearchParams(next === '/' ? {} : { next })
  if (ended) params.set('ended', '1')
  return params.size === 0 ? '/login' : `/login?${params}`
}

/**
 * Where to go after the login: `next`, if it is a path of this app. Anything else, an address of another host above
 * all (`//host`, `/\host`), is the home page: a link must not be able to send people elsewhere after they logged in.
 */
export function safeNext(next: string | null): string {
  if (next === null || !next.startsWith('/')) return '/'
  // Read as a browser reads it, which leaves out tabs and takes backslashes for slashes.
  const here = 'http://here.invalid'
  if (!URL.canParse(next, here)) return '/'
  const { origin, pathname, search, hash } = new URL(next, here)
  return origin === here ? `${pathname}${search}${hash}` : '/'
}
