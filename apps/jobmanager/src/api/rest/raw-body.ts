import type { FastifyInstance, FastifyRequest } from 'fastify'
import { HttpError } from './problem.ts'

/** The one type under which bytes of any kind are sent. */
export const RAW_BODY_TYPE = 'application/octet-stream'

/** For the OpenAPI document. */
export const RAW_BODY = { type: 'string', format: 'binary' } as const

/** Routes of this scope take bytes, which nobody has read when their handlers are called; nothing else is taken. */
export function takeRawBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser(RAW_BODY_TYPE, (_request, _payload, done) => done(null, null))
}

/** What the caller has announced as the length of the body; 0 when it did not say. */
export function announcedBytes(request: FastifyRequest): number {
  return Number(request.headers['content-length'] ?? 0)
}

/**
 * The bytes of the body as they come. A reader that stops early (because it is too much) leaves the connection open, so
 * that the caller gets to read the answer. Throws 400 when the caller goes away before the end.
 */
export async function* bodyBytes(request: FastifyRequest): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of request.raw.iterator({ destroyOnReturn: false })) yield chunk as Uint8Array
  } catch (error) {
    if (!request.raw.destroyed) throw error
    throw new HttpError(400, 'REQUEST_INVALID', 'the connection ended before the whole body had come; send it again')
  } finally {
    // What was not read is thrown away.
    request.raw.resume()
  }
}
