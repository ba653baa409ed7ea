import type { LiveMessage } from '@weir/proto/web/live'
import type { WebClient } from '../trpc.ts'
import type { LiveClock, LiveTransport } from './live-transport.ts'

/** The stream as a tRPC subscription over server-sent events, through this page's own origin. */
export function trpcTransport(client: WebClient): LiveTransport {
  return {
    open(topics, lastEventId, events) {
      let started = false
      let over = false
      const end = (): void => {
        if (over) return
        over = true
        subscription.unsubscribe()
        events.onEnd()
      }
      const subscription = client.live.watch.subscribe(
        { topics: [...topics], lastEventId },
        {
          onData: ({ id, data }) => {
            if (!over) events.onMessage(id, data as LiveMessage)
          },
          onError: () => queueMicrotask(end),
          onComplete: () => queueMicrotask(end),
          onConnectionStateChange({ state, error }) {
            if (over) return
            if (state === 'pending') {
              started = true
              events.onOpen()
            } else if (state === 'connecting' && (started || error !== null)) {
              // It would try again by itself, but not with our back-off, nor with the topics of then.
              queueMicrotask(end)
            }
          },
        },
      )
      return () => {
        over = true
        subscription.unsubscribe()
      }
    },
    async checkSession() {
      try {
        const response = await fetch('/api/v1/me', { cache: 'no-store', credentials: 'same-origin' })
        if (response.status === 401) return 'unauthenticated'
        return response.ok ? 'ok' : 'unreachable'
      } catch {
        return 'unreachable'
      }
    },
  }
}

export const browserClock: LiveClock = {
  now: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
}
