import type { CheckOutcome, Draft, SaveOutcome } from '@weir/proto/web/drafts'
import { goToLogin } from '@/lib/go-to-login'
import { isUnauthenticated, messageOf, statusOf, type WebClient } from '@/lib/trpc'

/** What the page asks of the JobManager about one draft. */
export interface DraftServer {
  get(): Promise<Draft>
  save(source: string, baseRevision: number, restored: boolean): Promise<SaveOutcome>
  /** Sends while the page is being closed; the answer is not waited for. */
  sendLast(source: string, baseRevision: number): void
  check(source: string, parallelism: number | null): Promise<CheckOutcome>
}

/** A browser takes at most 64 KiB of requests along when a page is closed. */
const KEEPALIVE_BYTES_MAX = 60 * 1024

export function draftServer(client: WebClient, draftId: string, fileName: string): DraftServer {
  return {
    get: () => client.drafts.get.query({ draftId }),
    save: (source, baseRevision, restored) => client.drafts.save.mutate({ draftId, source, baseRevision, restored }),
    check: (source, parallelism) => client.drafts.check.mutate({ source, fileName, parallelism }),
    sendLast(source, baseRevision) {
      const body = JSON.stringify({ draftId, source, baseRevision })
      // What is too long for this is found in the browser's own store when the draft is opened again.
      if (new Blob([body]).size > KEEPALIVE_BYTES_MAX) return
      fetch('/trpc/drafts.save', {
        method: 'POST',
        keepalive: true,
        headers: { 'content-type': 'application/json' },
        body,
      }).catch((error: unknown) => console.warn('The last save was not answered.', error))
    },
  }
}

/** `refusalOf` for a check. */
export function checkRefusalOf(error: unknown): string | undefined {
  // Others are being checked: it is this one's turn later.
  return statusOf(error) === 409 ? undefined : refusalOf(error)
}

/**
 * Why trying again will not help, in the server's words; undefined where it may (no answer, a restart, an overload). A
 * session that has ended leads to the login page and back.
 */
export function refusalOf(error: unknown): string | undefined {
  if (isUnauthenticated(error)) goToLogin()
  const status = statusOf(error)
  return status === null || status >= 500 || status === 429 || status === 408 ? undefined : messageOf(error)
}
