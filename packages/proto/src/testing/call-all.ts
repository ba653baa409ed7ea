import { Client, credentials, type Interceptor, type ServiceDefinition, type ServiceError, status } from '@grpc/grpc-js'
import { secretClientInterceptor } from '../credentials.ts'

/**
 * Calls every method of a service with an empty message, with `secret` or without one. Gives the gRPC status of each; of a
 * stream that is not refused, OK as soon as it is open.
 */
export async function callAll(
  service: ServiceDefinition,
  port: number,
  secret: string | undefined,
): Promise<Record<string, number>> {
  const interceptors: Interceptor[] = secret === undefined ? [] : [secretClientInterceptor(secret)]
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), { interceptors })
  const asIs = (bytes: Buffer): Buffer => bytes
  const nothing = Buffer.alloc(0)
  const codes: Record<string, number> = {}
  try {
    for (const [name, { path, requestStream }] of Object.entries(service)) {
      codes[name] = await new Promise<number>(resolve => {
        const ended = (error: ServiceError | null): void => resolve(error?.code ?? status.OK)
        if (!requestStream) {
          client.makeUnaryRequest(path, asIs, asIs, nothing, ended)
          return
        }
        const stream = client.makeBidiStreamRequest(path, asIs, asIs)
        stream.on('error', ended)
        stream.on('data', () => resolve(status.OK))
        stream.write(nothing)
      })
    }
    return codes
  } finally {
    client.close()
  }
}
