import { createHash, timingSafeEqual } from 'node:crypto'
import {
  InterceptingCall,
  type Interceptor,
  ServerInterceptingCall,
  type ServerInterceptor,
  status,
} from '@grpc/grpc-js'

/** Metadata key under which every call between processes of a cluster carries the cluster secret. */
export const SECRET_METADATA = 'weir-cluster-secret'

/** For a client's options (`interceptors`): adds the cluster secret to every call. */
export function secretClientInterceptor(secret: string): Interceptor {
  return (options, nextCall) =>
    new InterceptingCall(nextCall(options), {
      start: (metadata, listener, next) => {
        metadata.set(SECRET_METADATA, secret)
        next(metadata, listener)
      },
    })
}

/**
 * For a server's options (`interceptors`): refuses every call without the cluster secret as UNAUTHENTICATED, before its
 * message is read. The comparison takes the same time wherever the texts differ.
 */
export function secretServerInterceptor(secret: string): ServerInterceptor {
  const expected = digest(secret)
  return (_method, call) =>
    new ServerInterceptingCall(call, {
      start: next => {
        next({
          onReceiveMetadata: (metadata, nextMetadata) => {
            const values = metadata.get(SECRET_METADATA)
            const given = values.length === 1 ? values[0] : undefined
            if (typeof given === 'string' && timingSafeEqual(digest(given), expected)) nextMetadata(metadata)
            else call.sendStatus({ code: status.UNAUTHENTICATED, details: 'the cluster secret is missing or wrong' })
          },
          // Without them the defaults would be lost with this listener.
          onReceiveMessage: (message, nextMessage) => nextMessage(message),
          onReceiveHalfClose: nextHalfClose => nextHalfClose(),
          onCancel: () => undefined,
        })
      },
    })
}

/** Of equal length, so that nothing can be learned of the secret's. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
