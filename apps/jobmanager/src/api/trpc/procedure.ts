import { initTRPC } from '@trpc/server'
import { WeirError } from '@weir/engine/base/errors'
import { mayDo, type Permission, type Principal, roleNeededFor } from '../../auth/permissions.ts'
import { toTrpcError, webErrorOf } from './errors.ts'

/** What a call knows of its caller: the same checks as for REST have been made before. */
export interface WebContext {
  readonly principal: Principal
  me(): Me
  /** Notes a change that was made; REST does it for each of its routes. */
  audit(action: string, target: string | null): Promise<void>
  /** Throws UNAUTHENTICATED when what the caller has shown does not count any more. */
  stillLoggedIn(): Promise<void>
}

/** Who is logged in, and to what. */
export interface Me {
  readonly name: string
  readonly role: Principal['role']
  readonly permissions: readonly Permission[]
  readonly cluster: {
    readonly version: string
    /** Ports on the machine of the cluster, for the ssh -L line of somebody who sits elsewhere. */
    readonly webPort: number | null
    readonly jobManagerPort: number
  }
}

const trpc = initTRPC
  .context<WebContext>()
  .meta<{ readonly access: ProcedureAccess }>()
  .create({
    // Every error of a procedure tells what `WebError` says, and never a stack.
    isDev: false,
    errorFormatter: ({ shape, error }) => {
      const weir = webErrorOf(error)
      const { code, httpStatus } = shape.data
      return { ...shape, message: weir.message, data: { code, httpStatus, path: shape.data.path, weir } }
    },
    sse: { ping: { enabled: true, intervalMs: 2_000 }, client: { reconnectAfterInactivityMs: 6_000 } },
  })

export const router = trpc.router

/** What a procedure asks of its caller, see REST's routes. */
export type ProcedureAccess = Permission | 'authenticated'

/**
 * A procedure for callers with a right. There is no procedure without one. Changes are noted in the audit log, but for
 * those that say that they are not worth it.
 */
export function allowed(access: ProcedureAccess, { isAudited = true }: { readonly isAudited?: boolean } = {}) {
  return trpc.procedure.meta({ access }).use(async ({ ctx, next, type, path, getRawInput }) => {
    if (access !== 'authenticated' && !mayDo(ctx.principal, access)) throw toTrpcError(refusal(ctx.principal, access))
    const result = await next()
    if (!result.ok) throw toTrpcError(result.error)
    if (type === 'mutation' && isAudited) await ctx.audit(`trpc ${path}`, targetOf(await getRawInput()))
    return result
  })
}

function refusal(principal: Principal, access: Permission): WeirError {
  return new WeirError(
    'FORBIDDEN',
    `${principal.name} has the role ${principal.role}, which may not do this: it takes ${roleNeededFor(access)}`,
  )
}

/** The thing that a change was made to, as far as the input names one. */
function targetOf(input: unknown): string | null {
  if (typeof input !== 'object' || input === null) return null
  for (const field of ['jobId', 'draftId'] as const) {
    const id = (input as Record<string, unknown>)[field]
    if (typeof id === 'string') return id
  }
  return null
}
