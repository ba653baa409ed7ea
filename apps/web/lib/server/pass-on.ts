import { request as httpRequest, type IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { forwardedHeaders } from './forwarded-headers.ts'
import { jobManagerAddress } from './job-manager.ts'

/** What the JobManager says of its connection, not of its answer. */
const NOT_PASSED_BACK = new Set(['connection', 'keep-alive', 'transfer-encoding'])

/**
 * Passes a request on to the JobManager and its answer back, both as streams: nothing is held back, so live updates
 * arrive as they are sent, and whoever leaves ends the request over there too. Where the JobManager cannot be reached the
 * answer is a 502 that says so.
 */
export async function passOn(request: Request): Promise<Response> {
  const target = jobManagerAddress(process.env)
  const { pathname, search } = new URL(request.url)
  try {
    const answer = await ask(request, target, `${pathname}${search}`)
    return responseOf(answer, request.method)
  } catch (error) {
    if (request.signal.aborted) return new Response(null, { status: 499 })
    return unreachable(`${target.host}:${target.port}`, error)
  }
}

function ask(
  request: Request,
  target: { readonly host: string; readonly port: number },
  path: string,
): Promise<IncomingMessage> {
  const content = bodyOf(request)
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({
      host: target.host,
      port: target.port,
      method: request.method,
      path,
      headers: framed(forwardedHeaders(request.headers, target), content !== null),
      signal: request.signal,
    })
    outgoing.on('response', resolve)
    outgoing.on('error', reject)
    if (content === null) {
      outgoing.end()
      return
    }
    const body = Readable.fromWeb(content as import('node:stream/web').ReadableStream)
    body.on('error', error => outgoing.destroy(error))
    body.pipe(outgoing)
  })
}

/**
 * With the length of the body that is really sent. One that is announced and does not come (of a GET, say), or comes
 * unannounced, would be read over there as a part of whatever the same connection carries next.
 */
function framed(headers: Record<string, string>, hasBody: boolean): Record<string, string> {
  const { 'content-length': length, ...others } = headers
  if (!hasBody) return others
  return length === undefined ? { ...others, 'transfer-encoding': 'chunked' } : headers
}

/** Requests of some methods have a body that is always empty; HTTP knows one that is there by these headers alone. */
function bodyOf(request: Request): ReadableStream<Uint8Array> | null {
  const { headers, body } = request
  return headers.has('content-length') || headers.has('transfer-encoding') ? body : null
}

function responseOf(answer: IncomingMessage, method: string): Response {
  const headers = new Headers()
  for (let index = 0; index < answer.rawHeaders.length; index += 2) {
    const name = answer.rawHeaders[index]!
    if (!NOT_PASSED_BACK.has(name.toLowerCase())) headers.append(name, answer.rawHeaders[index + 1]!)
  }
  if (headers.get('content-type')?.startsWith('text/event-stream')) {
    // Compression would hold events back.
    headers.set('cache-control', 'no-store, no-transform')
    headers.set('x-accel-buffering', 'no')
  }
  const status = answer.statusCode ?? 502
  if (method === 'HEAD' || status === 204 || status === 304) {
    answer.resume()
    return new Response(null, { status, headers })
  }
  // An end in the middle is the browser's to notice; here it must not be an unheard error.
  answer.on('error', () => undefined)
  return new Response(Readable.toWeb(answer) as ReadableStream<Uint8Array>, { status, headers })
}

/** The problem body of a 502, in the form of the JobManager's own errors. */
function unreachable(address: string, error: unknown): Response {
  const code = (error as NodeJS.ErrnoException).code ?? 'no answer'
  const problem = {
    type: 'about:blank',
    title: 'The JobManager cannot be reached',
    status: 502,
    code: 'UNREACHABLE',
    detail: `The JobManager at ${address} does not answer (${code}). Is it running? It is started by npm start.`,
    problems: [],
  }
  return new Response(JSON.stringify(problem), {
    status: 502,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
  })
}
