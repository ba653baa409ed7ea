import fastifyCookie from '@fastify/cookie'
import fastifyMultipart from '@fastify/multipart'
import type { Logger } from '@weir/process/logging'
import fastify, { type FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { mountTrpc } from '../trpc/mount.ts'
import type { Me } from '../trpc/procedure.ts'
import type { WebServices } from '../trpc/services.ts'
import type { ApiContext } from './context.ts'
import { JSON_BODY_BYTES_MAX, malformedHttpAnswer, problemHandler, sendProblem } from './error-handler.ts'
import { addOpenApi } from './openapi.ts'
import { HttpError, problemOf } from './problem.ts'
import { takeRawBodies } from './raw-body.ts'
import type { Route } from './route.ts'
import { accessRoutes } from './routes/access-routes.ts'
import { clusterRoutes } from './routes/cluster-routes.ts'
import { docsRoutes } from './routes/docs-routes.ts'
import { draftRoutes } from './routes/draft-routes.ts'
import { jobDetailRoutes } from './routes/job-detail-routes.ts'
import { jobRoutes } from './routes/job-routes.ts'
import { serviceRoutes } from './routes/service-routes.ts'
import { addSecurity } from './security-hooks.ts'

/** A request, its upload included, must have arrived within this. */
const REQUEST_TIMEOUT_MS = 60_000
const PARAM_LENGTH_MAX = 1_000

export interface AppOptions extends ApiContext {
  readonly logger: Logger
  /** WEIR_HOST. */
  readonly host: string
  /** What the pages of the web app ask for. */
  readonly web: WebServices
  /** What the pages are told of this cluster. */
  readonly cluster: () => Me['cluster']
}

/** The whole HTTP interface, not yet listening. */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: JSON_BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // Names of files in paths, and the names of several procedures in one call of tRPC, are longer than its 100.
    routerOptions: { maxParamLength: PARAM_LENGTH_MAX },
    // On close, waiting keep-alive connections end at once and requests under way are answered.
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    frameworkErrors: (error, request, reply) => problemHandler(options.logger)(error, request, reply),
    clientErrorHandler(error, socket) {
      if (!socket.writable) return
      socket.end(malformedHttpAnswer(error))
    },
  })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(problemHandler(options.logger))

  await app.register(fastifyCookie)
  await app.register(fastifyMultipart, { throwFileSizeLimit: false })
  addSecurity(app, options)
  await addOpenApi(app, options.version)

  const routes = [
    ...serviceRoutes(options),
    ...jobRoutes(options),
    ...jobDetailRoutes(options),
    ...clusterRoutes(options),
    ...draftRoutes(options.web),
    ...accessRoutes(options),
    ...docsRoutes(app),
  ]
  for (const route of routes.filter(({ rawBody }) => !rawBody)) mount(app, route)
  await app.register(async scope => {
    takeRawBodies(scope)
    for (const route of routes.filter(({ rawBody }) => rawBody)) mount(scope, route)
  })
  await mountTrpc(app, options)
  answerUnknownPaths(app, routes)
  await app.ready()
  return app
}

function mount(app: FastifyInstance, route: Route): void {
  for (const url of pathsOf(route)) {
    app.route({
      method: route.method,
      url,
      // Looking at a login link must not use it up.
      exposeHeadRoute: route.path !== '/login',
      schema: { ...route.schema, ...(url === route.path ? {} : { hide: true }) },
      config: {
        access: route.access,
        upload: route.upload,
        rawBody: route.rawBody,
        answersWith: route.answersWith,
      },
      handler: route.handler,
    })
  }
}

function pathsOf(route: Route): string[] {
  return route.alias ? [route.path, `/api/v1${route.path}`] : [route.path]
}

/** 405 with the methods that there are for a path that exists, 404 for one that does not. */
function answerUnknownPaths(app: FastifyInstance, routes: readonly Route[]): void {
  const known = routes.flatMap(route =>
    pathsOf(route).map(path => ({
      method: route.method,
      pattern: new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}/?$`),
    })),
  )
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? ''
    const methods = known.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method)
    if (methods.length === 0 || methods.some(method => method === request.method)) {
      return sendProblem(
        reply,
        problemOf(new HttpError(404, 'NOT_FOUND', `there is no path ${shown(path)}: GET /docs lists them all`)),
      )
    }
    reply.header('allow', [...new Set(methods)].join(', '))
    return sendProblem(
      reply,
      problemOf(
        new HttpError(
          405,
          'REQUEST_INVALID',
          `${shown(path)} cannot be asked with ${request.method}: it takes ${[...new Set(methods)].join(', ')}`,
        ),
      ),
    )
  })
}

function shown(path: string): string {
  return path.length > 200 ? `${path.slice(0, 200)}…` : path
}
