import type { FastifyReply, FastifyRequest, FastifySchema } from 'fastify'
import type { z } from 'zod'
import type { Permission, Principal } from '../../auth/permissions.ts'

/**
 * What a route asks of its caller: nothing at all (`public`: it carries no data of users), to be known (`authenticated`),
 * or a permission.
 */
export type Access = Permission | 'public' | 'authenticated'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** What a handler gets: the validated parts of the request. */
export interface RouteInput<Params, Query, Body> {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  /** Who calls; throws on a public route. */
  principal(): Principal
}

interface RouteSpec<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answers extends Readonly<Record<number, z.ZodType>>,
> {
  readonly method: Method
  /** Fastify's form: `/jobs/:id/status`. */
  readonly path: string
  /** There is no default: every route says who may call it. */
  readonly access: Access
  readonly tag: 'jobs' | 'drafts' | 'cluster' | 'access' | 'service'
  /** One line for the API's documentation. */
  readonly summary: string
  readonly description?: string
  readonly params?: Params
  readonly query?: Query
  /** Of a JSON body. */
  readonly body?: Body
  /** The route takes `job_file` and its fields as multipart/form-data and reads them itself. */
  readonly upload?: true
  /** The body is any bytes, sent as application/octet-stream: the handler reads them with `bodyBytes`. */
  readonly rawBody?: true
  /** The bodies of the good answers by status; empty where it answers with something other than JSON. */
  readonly answers: Answers
  /** What a good answer is when it is not JSON. */
  readonly answersWith?: string
  /** Also under /api/v1 (the default for paths that do not begin with it). */
  readonly alias?: false
  readonly handle: (
    input: RouteInput<z.output<Params>, z.output<Query>, z.output<Body>>,
  ) => Promise<Answer<Answers> | FastifyReply>
}

/** A status with the body that the route has declared for it. */
type Answer<Answers extends Readonly<Record<number, z.ZodType>>> = {
  [Status in keyof Answers]: { readonly status: Status; readonly body: Frozen<z.input<Answers[Status]>> }
}[keyof Answers]

/** What may be answered need not be changeable: views of the Dispatcher are read-only. */
type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T

/** A route whose types have been checked, in the form in which it is mounted. */
export interface Route {
  readonly method: Method
  readonly path: string
  readonly alias: boolean
  readonly access: Access
  readonly upload: boolean
  readonly rawBody: boolean
  readonly schema: FastifySchema
  readonly answersWith: string | undefined
  readonly handler: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>
}

/** Declares a route. One without `access` does not compile; a handler can only answer with what it declares. */
export function route<
  const Answers extends Readonly<Record<number, z.ZodType>>,
  Params extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
>(spec: RouteSpec<Params, Query, Body, Answers>): Route {
  return {
    method: spec.method,
    path: spec.path,
    alias: spec.alias !== false && !spec.path.startsWith('/api/'),
    access: spec.access,
    upload: spec.upload === true,
    rawBody: spec.rawBody === true,
    answersWith: spec.answersWith,
    schema: {
      tags: [spec.tag],
      summary: spec.summary,
      ...(spec.description === undefined ? {} : { description: spec.description }),
      ...(spec.params === undefined ? {} : { params: spec.params }),
      ...(spec.query === undefined ? {} : { querystring: spec.query }),
      ...(spec.body === undefined ? {} : { body: spec.body }),
      response: spec.answers,
    },
    async handler(request, reply) {
      // Fastify has validated each part against the very schemas that give these types.
      const answer = await spec.handle({
        params: request.params as z.output<Params>,
        query: request.query as z.output<Query>,
        body: request.body as z.output<Body>,
        request,
        reply,
        principal: () => principalOf(request),
      })
      if (isReply(answer)) return answer
      return reply.code(Number(answer.status)).send(answer.body)
    },
  }
}

function isReply(answer: unknown): answer is FastifyReply {
  return typeof answer === 'object' && answer !== null && 'raw' in answer
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before the body is read; null on public routes. */
    principal: Principal | null
    /** What a change was made to, where that is not the `id` in the path. */
    auditTarget: string | null
  }
  interface FastifyContextConfig {
    access?: Access
    upload?: boolean
    rawBody?: boolean
    answersWith?: string
    /** A session may be used by our own pages alone, for reading too. */
    pagesOnly?: boolean
    /** Changes are noted in the audit log by the handler, which knows more of them than method and path. */
    auditsItself?: boolean
  }
}

export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === null) throw new Error(`${request.routeOptions.url} is public and has no principal`)
  return request.principal
}
