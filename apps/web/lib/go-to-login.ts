/** Leads to the login page, which leads back here. Outside of React, since any answer can be a 401. */
export function goToLogin(): void {
  if (window.location.pathname === '/login') return
  const here = `${window.location.pathname}${window.location.search}`
  window.location.assign(loginAddress(here))
}

/** The address of the login page that leads to `next` afterwards. */
export function loginAddress(next: string): string {
  return next === '/' ? '/login' : `/login?next=${encodeURIComponent(next)}`
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
