import { initTRPC, TRPCError } from '@trpc/server'
import { mayDo, type Permission, type Principal, roleNeededFor } from '../../auth/permissions.ts'

/** What a call knows of its caller: the same checks as for REST have been made before. */
export interface WebContext {
  readonly principal: Principal
  me(): Me
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

const trpc = initTRPC.context<WebContext>().create({
  sse: { ping: { enabled: true, intervalMs: 2_000 }, client: { reconnectAfterInactivityMs: 6_000 } },
})

export const router = trpc.router

/** A procedure for callers with a right. There is no procedure without one. */
export function allowed(access: Permission | 'authenticated') {
  return trpc.procedure.use(({ ctx, next }) => {
    if (access !== 'authenticated' && !mayDo(ctx.principal, access)) {
      throw new TRPCError({
        code: 'FORBIDDEN',
        message: `${ctx.principal.name} has the role ${ctx.principal.role}: this needs ${roleNeededFor(access)}`,
      })
    }
    return next()
  })
}
