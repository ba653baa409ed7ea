import { describeThrown, isError } from './thrown.ts'

/**
 * The one error class of Weir, and the one table of its codes.
 *
 * Every error that a person may see has a code. The code's row says whose fault it is (`domain`), whether the same
 * action may work later (`retry`), and what the code means in one sentence; the documentation page of error codes is
 * made from this table. The message of one error says what was wrong, where, and what to do.
 */

/** Whose fault it is: the user's (job, input, request), something outside (disk, network, peer), or ours. */
export type ErrorDomain = 'user' | 'external' | 'internal'

interface ErrorCodeRow {
  readonly domain: ErrorDomain
  /** Whether doing the same again, unchanged, may succeed. */
  readonly retry: 'never' | 'later'
  readonly sentence: string
}

export const ERROR_CODES = {
  // user: the job
  JOB_SYNTAX: { domain: 'user', retry: 'never', sentence: 'The job file is not valid TypeScript or JavaScript.' },
  JOB_IMPORT: {
    domain: 'user',
    retry: 'never',
    sentence: 'The job imports something other than @weir/sdk and its own files.',
  },
  JOB_NO_EXPORT: {
    domain: 'user',
    retry: 'never',
    sentence: 'The job file gives no job: no default export and no call of execute().',
  },
  JOB_EVALUATION: { domain: 'user', retry: 'never', sentence: 'The job file failed while it built its graph.' },
  JOB_LIMIT: {
    domain: 'user',
    retry: 'never',
    sentence: 'The job file took more time or memory than building a graph may take.',
  },
  JOB_TOO_LARGE: { domain: 'user', retry: 'never', sentence: 'The job file is larger than what may be submitted.' },
  JOB_GRAPH: { domain: 'user', retry: 'never', sentence: 'The job graph is not valid.' },
  JOB_NOT_DETERMINISTIC: {
    domain: 'user',
    retry: 'never',
    sentence: 'The job file builds another graph each time it is evaluated.',
  },
  USER_FUNCTION: { domain: 'user', retry: 'never', sentence: 'A function of the job threw an error.' },
  USER_NO_PROGRESS: { domain: 'user', retry: 'never', sentence: 'A function of the job does not return.' },
  USER_MEMORY: { domain: 'user', retry: 'never', sentence: 'The job used up the memory of its slot.' },
  USER_EXIT: { domain: 'user', retry: 'never', sentence: 'A function of the job ended its process or worker.' },
  KEY_TYPE: { domain: 'user', retry: 'never', sentence: 'A key has a type that cannot be a key.' },
  STATE_TYPE: {
    domain: 'user',
    retry: 'never',
    sentence: 'State is asked for as another kind than it was written or asked for before.',
  },
  FIELD_TYPE: {
    domain: 'user',
    retry: 'never',
    sentence: 'A field that an operator computes with has another type than it needs.',
  },
  RECORD_TOO_LARGE: { domain: 'user', retry: 'never', sentence: 'One record is larger than a record may be.' },
  RECORD_TYPE: {
    domain: 'user',
    retry: 'never',
    sentence: 'A record holds a value that cannot be sent to another subtask.',
  },
  NO_TIMESTAMP: {
    domain: 'user',
    retry: 'never',
    sentence: 'An event-time operator got a record without a timestamp.',
  },
  CONNECTOR_CONFIG: { domain: 'user', retry: 'never', sentence: 'The configuration of a source or sink is not valid.' },
  INPUT_FORMAT: {
    domain: 'user',
    retry: 'never',
    sentence: 'The input of a source is not in the format that the source names.',
  },
  PATH_NOT_ALLOWED: { domain: 'user', retry: 'never', sentence: 'A path lies outside the folders that jobs may use.' },
  // user: the request
  REQUEST_INVALID: { domain: 'user', retry: 'never', sentence: 'The request is malformed.' },
  NOT_FOUND: { domain: 'user', retry: 'never', sentence: 'What the request names does not exist.' },
  UNAUTHENTICATED: { domain: 'user', retry: 'never', sentence: 'The request carries no valid token or session.' },
  FORBIDDEN: { domain: 'user', retry: 'never', sentence: 'The caller may not do this.' },
  RATE_LIMITED: { domain: 'user', retry: 'later', sentence: 'The caller has sent too many wrong tokens.' },
  CONFLICT: { domain: 'user', retry: 'never', sentence: 'The request does not fit the state that the thing is in.' },
  SETTING_INVALID: {
    domain: 'user',
    retry: 'never',
    sentence: 'An environment variable has a value out of its range, or is unknown.',
  },
  UNSUPPORTED: { domain: 'user', retry: 'never', sentence: 'What was asked for is not there in this version.' },
  // external
  STATE_DISK: {
    domain: 'external',
    retry: 'later',
    sentence: 'State could not be written to disk, or read from there.',
  },
  STATE_SEGMENT: {
    domain: 'external',
    retry: 'never',
    sentence: 'A part of a snapshot of state is missing or damaged.',
  },
  FILE_ACCESS: { domain: 'external', retry: 'later', sentence: 'A file or folder could not be read or written.' },
  NOT_LEADER: { domain: 'external', retry: 'later', sentence: 'This JobManager is a standby: another one leads.' },
  NO_TASK_MANAGERS: { domain: 'external', retry: 'later', sentence: 'No TaskManager is registered.' },
  NO_SLOTS: { domain: 'external', retry: 'later', sentence: 'There are too few free slots.' },
  TASK_MANAGER_LOST: { domain: 'external', retry: 'later', sentence: 'A TaskManager was lost.' },
  JOBMANAGER_RESTARTED: {
    domain: 'external',
    retry: 'later',
    sentence: 'The JobManager was restarted while the job ran.',
  },
  CLUSTER_STOPPED: {
    domain: 'external',
    retry: 'later',
    sentence: 'The cluster was stopped while the job ran, and the job went on when it was there again.',
  },
  CONNECTION_LOST: { domain: 'external', retry: 'later', sentence: 'A connection to another process broke.' },
  DATABASE: { domain: 'external', retry: 'later', sentence: 'The metadata database did not answer as expected.' },
  FENCED: {
    domain: 'external',
    retry: 'never',
    sentence: 'Another JobManager has become the leader; this one may write nothing any more.',
  },
  PORT_IN_USE: { domain: 'external', retry: 'later', sentence: 'A port that a process needs is taken.' },
  SYSTEM_LIBRARY: { domain: 'external', retry: 'never', sentence: 'A library of the operating system is missing.' },
  BUFFERS: { domain: 'external', retry: 'later', sentence: 'The TaskManager has too few network buffers for the job.' },
  OVERDRAFT: {
    domain: 'user',
    retry: 'never',
    sentence: 'One record made an operator emit more than its overdraft may hold.',
  },
  STALE_ATTEMPT: {
    domain: 'external',
    retry: 'never',
    sentence: 'A message of an older attempt or incarnation was refused.',
  },
  // internal
  PROTOCOL: { domain: 'internal', retry: 'never', sentence: 'A peer broke the protocol.' },
  ASSERTION: {
    domain: 'internal',
    retry: 'never',
    sentence: 'A condition that Weir relies on does not hold: a defect of Weir.',
  },
  INTERNAL: { domain: 'internal', retry: 'never', sentence: 'An unexpected error inside Weir.' },
} as const satisfies Record<string, ErrorCodeRow>

export type ErrorCode = keyof typeof ERROR_CODES

/** A place in a job: shown beside the message and used to put the error on its node or line. */
export interface ErrorPlace {
  /** uid or name of the operator. */
  readonly operator?: string
  readonly subtask?: number
  /** 1-based line and 0-based column in the user's source file. */
  readonly line?: number
  readonly column?: number
  readonly file?: string
  /** The record at which it happened, as text for people (see `recordText`). */
  readonly record?: string
}

/** One of several things wrong with a job: one row of the Problems panel and of `problems` in problem+json. */
export interface Problem extends ErrorPlace {
  readonly message: string
}

export interface WeirErrorOptions extends ErrorOptions {
  readonly place?: ErrorPlace
  /** All that is wrong, when it is more than one thing. */
  readonly problems?: readonly Problem[]
}

export class WeirError extends Error {
  readonly code: ErrorCode
  readonly place: ErrorPlace
  readonly problems: readonly Problem[]

  constructor(code: ErrorCode, message: string, options: WeirErrorOptions = {}) {
    super(message, options)
    this.name = 'WeirError'
    this.code = code
    this.place = options.place ?? {}
    this.problems = options.problems ?? []
  }

  get domain(): ErrorDomain {
    return ERROR_CODES[this.code].domain
  }

  /** The form that crosses threads and processes; `fromJson` is its inverse but for the cause. */
  toJson(): WeirErrorJson {
    return { code: this.code, message: this.message, place: this.place, problems: this.problems, stack: this.stack }
  }

  static fromJson(json: WeirErrorJson): WeirError {
    const error = new WeirError(json.code in ERROR_CODES ? json.code : 'INTERNAL', json.message, {
      place: json.place,
      problems: json.problems,
    })
    if (json.stack !== undefined) error.stack = json.stack
    return error
  }

  /** Anything thrown, as a WeirError: itself, or wrapped under `code` with the original as its cause. */
  static from(thrown: unknown, code: ErrorCode = 'INTERNAL', place: ErrorPlace = {}): WeirError {
    if (isWeirError(thrown)) return thrown
    const { message, stack } = describeThrown(thrown)
    const error = new WeirError(code, message, { cause: thrown, place })
    if (stack !== undefined) error.stack = stack
    return error
  }
}

/** Also where the thing thrown does not let itself be asked, as a proxy may. */
export function isWeirError(thrown: unknown): thrown is WeirError {
  return isError(thrown) && thrown instanceof WeirError
}

export interface WeirErrorJson {
  readonly code: ErrorCode
  readonly message: string
  readonly place: ErrorPlace
  readonly problems: readonly Problem[]
  readonly stack?: string
}
