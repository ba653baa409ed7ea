import { WeirError } from '@weir/engine/base/errors'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Access, Presented } from '../../auth/access.ts'
import { mayDo, roleNeededFor } from '../../auth/permissions.ts'
import { comesFromOwnPage, namesThisServer } from '../../auth/request-origin.ts'
import type { ControlPlane } from '../../dispatcher/control-plane.ts'
import type { Access as RouteAccess } from './route.ts'

export interface SecurityOptions {
  readonly access: Access
  readonly controlPlane: Pick<ControlPlane, 'role'>
  /** WEIR_HOST. */
  readonly host: string
  /** Origins beside our own whose pages may use a session. */
  readonly pageOrigins: readonly string[]
  /** Name of the session cookie. */
  readonly cookieName: string
}

/** A route as the server has it, whoever added it. */
export interface MountedRoute {
  readonly method: string
  readonly url: string
  readonly access: RouteAccess
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Every route that there is: what a test of their rights walks. */
    readonly mountedRoutes: readonly MountedRoute[]
  }
}

/** Nothing may be loaded, framed or guessed; pages of ours loosen this for their own style sheet. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // The address of a login link holds its secret.
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
}

/**
 * Everything that is checked before the body of a request is read, for every route alike: Host, who calls, what the
 * caller may do, and for browsers' sessions the page it comes from. A route that does not say who may call it is a
 * mistake that the start of the server finds.
 */
export function addSecurity(app: FastifyInstance, options: SecurityOptions): void {
  app.decorateRequest('principal', null)
  app.decorateRequest('auditTarget', null)

  const mounted: MountedRoute[] = []
  app.decorate('mountedRoutes', mounted)
  app.addHook('onRoute', route => {
    const access = route.config?.access
    if (access === undefined) {
      throw new WeirError('ASSERTION', `route ${String(route.method)} ${route.url} does not say who may call it`)
    }
    for (const method of [route.method].flat()) mounted.push({ method, url: route.url, access })
  })

  app.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS)
    if (!namesThisServer(request.headers.host, options.host)) {
      throw new WeirError(
        'FORBIDDEN',
        `the Host header "${request.headers.host ?? ''}" is not a name of this server: ` +
          'use localhost, 127.0.0.1, [::1] or the address in WEIR_HOST',
      )
    }
  })

  app.addHook('onRequest', async request => {
    const wanted = request.routeOptions.config.access
    if (request.is404 || wanted === 'public') return
    if (wanted === undefined) throw new WeirError('ASSERTION', `${request.routeOptions.url} has no access rule`)
    const principal = await options.access.authenticate(presentedBy(request, options.cookieName))
    const changes = request.method !== 'GET' && request.method !== 'HEAD'
    if (principal.via === 'session' && (changes || request.routeOptions.config.pagesOnly === true)) {
      refuseForeignPage(request, options.pageOrigins)
    }
    if (wanted !== 'authenticated' && !mayDo(principal, wanted)) {
      throw new WeirError(
        'FORBIDDEN',
        `${principal.name} has the role ${principal.role}, which may not do this: it takes ${roleNeededFor(wanted)}`,
      )
    }
    request.principal = principal
    if (options.controlPlane.role() === 'standby') {
      throw new WeirError('NOT_LEADER', 'this JobManager is a standby: ask the leader')
    }
  })

  app.addHook('onResponse', async (request, reply) => {
    const { principal } = request
    if (request.routeOptions.config.auditsItself === true) return
    if (principal === null || request.method === 'GET' || request.method === 'HEAD' || reply.statusCode >= 400) return
    const target = request.auditTarget ?? (request.params as { id?: string } | undefined)?.id ?? null
    await options.access.audit(principal, `${request.method} ${request.routeOptions.url}`, target, request.ip)
  })
}

/** What a request shows of its caller. */
export function presentedBy(request: FastifyRequest, cookieName: string): Presented {
  return {
    authorization: request.headers.authorization,
    sessionCookie: request.cookies[cookieName],
    address: request.ip,
  }
}

/** Throws FORBIDDEN for a request that a page of another origin has made a browser send. */
export function refuseForeignPage(request: FastifyRequest, pageOrigins: readonly string[]): void {
  if (comesFromOwnPage(request.headers, pageOrigins)) return
  throw new WeirError(
    'FORBIDDEN',
    `a page of ${request.headers.origin ?? 'unknown origin'} may not use this session: only pages of this server may`,
  )
}
