import type { TRPCError } from '@trpc/server'
import { fastifyRequestHandler } from '@trpc/server/adapters/fastify'
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc'
import { WeirError } from '@weir/engine/base/errors'
import type { Logger } from '@weir/process/logging'
import { MAX_SOURCE_LENGTH } from '@weir/submission/limits'
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify'
import type { Access } from '../../auth/access.ts'
import { mayDo, PERMISSIONS } from '../../auth/permissions.ts'
import type { ControlPlane } from '../../dispatcher/control-plane.ts'
import { toWeirError } from '../rest/error-handler.ts'
import { principalOf } from '../rest/route.ts'
import { presentedBy } from '../rest/security-hooks.ts'
import { toTrpcError, webErrorOf } from './errors.ts'
import type { Me, WebContext } from './procedure.ts'
import { webRouter } from './router.ts'
import type { WebServices } from './services.ts'

/** A source as JSON text takes up to twice its bytes, where each of its characters is escaped. */
const BODY_BYTES_MAX = 2 * MAX_SOURCE_LENGTH + 64 * 1024
/** Calls that may come in one request. */
const BATCH_MAX = 20

export interface TrpcOptions {
  readonly web: WebServices
  readonly controlPlane: ControlPlane
  readonly access: Access
  readonly logger: Logger
  readonly cookieName: string
  readonly cluster: () => Me['cluster']
}

/**
 * Serves the web app's procedures under /trpc. Host, caller and origin are checked by the hooks that every route has;
 * what a caller may do, by each procedure. The address is no part of the documented interface.
 */
export async function mountTrpc(app: FastifyInstance, options: TrpcOptions): Promise<void> {
  const router = webRouter(options.web, options.controlPlane)
  // Streams do not end by themselves, and the server waits for what is under way.
  app.addHook('preClose', async () => options.web.live.close())
  await app.register(async scope => {
    // tRPC parses bodies itself; other types than JSON have no reader here and are refused.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body))
    scope.setErrorHandler((thrown: FastifyError | WeirError | Error, _request, reply) => {
      const error = toTrpcError(toWeirError(thrown))
      logFault(options.logger, error, undefined)
      const { status } = webErrorOf(error)
      if (status === 429 || status === 503) reply.header('retry-after', '1')
      return reply.code(status).send({ error: shapeOf(error) })
    })
    scope.route({
      method: ['GET', 'POST'],
      url: '/trpc/*',
      exposeHeadRoute: false,
      bodyLimit: BODY_BYTES_MAX,
      schema: { hide: true },
      config: { access: 'authenticated', pagesOnly: true, auditsItself: true },
      handler: (request, reply) =>
        fastifyRequestHandler({
          router,
          req: request,
          res: reply,
          path: (request.params as { '*': string })['*'],
          maxBatchSize: BATCH_MAX,
          createContext: () => contextOf(request, options),
          onError: ({ error, path }) => logFault(options.logger, error, path),
        }),
    })
  })
}

function contextOf(request: FastifyRequest, { access, cookieName, cluster, logger }: TrpcOptions): WebContext {
  const principal = principalOf(request)
  return {
    principal,
    me: () => ({
      name: principal.name,
      role: principal.role,
      permissions: PERMISSIONS.filter(permission => mayDo(principal, permission)),
      cluster: cluster(),
    }),
    async audit(action, target) {
      try {
        await access.audit(principal, action, target, request.ip)
      } catch (thrown) {
        // The change was made: an answer that says otherwise would be worse than a gap.
        const error = WeirError.from(thrown)
        logger.error({ err: error, action, target }, `a change is missing in the audit log: ${error.message}`)
      }
    },
    stillLoggedIn: async () => void (await access.authenticate(presentedBy(request, cookieName))),
  }
}

/** The form that tRPC's clients read, for what is refused before tRPC sees it. */
function shapeOf(error: TRPCError) {
  const weir = webErrorOf(error)
  const data = { code: error.code, httpStatus: weir.status, weir }
  return { message: weir.message, code: TRPC_ERROR_CODES_BY_KEY[error.code], data }
}

function logFault(logger: Logger, error: TRPCError, path: string | undefined): void {
  const { status, code } = webErrorOf(error)
  if (status < 500 || status === 501) return
  logger.error({ err: error.cause ?? error, path, code }, error.cause?.message ?? error.message)
}
