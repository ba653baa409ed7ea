/** What the JobManager says of a call that failed: `error.data.weir` of tRPC's errors. */
export interface WebError {
  /** One of the error codes, for programs. `UNAUTHENTICATED` means: the session is over, go to /login. */
  readonly code: string
  /** What was wrong, where, and what to do: a sentence for people. */
  readonly message: string
  /** The HTTP status that REST answers with the same error. */
  readonly status: number
  readonly place: {
    readonly operator: string | null
    readonly subtask: number | null
    /** 1-based. */
    readonly line: number | null
    /** 0-based. */
    readonly column: number | null
  }
  /** Everything that has a place in the job. */
  readonly problems: readonly {
    readonly operator: string | null
    readonly line: number | null
    readonly column: number | null
    readonly message: string
  }[]
}
