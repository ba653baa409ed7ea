/** The timestamp of a record that has none. */
export const NO_TIMESTAMP = Number.NEGATIVE_INFINITY

/** The watermark before anything is known. */
export const MIN_WATERMARK = Number.NEGATIVE_INFINITY

/** The watermark at the end of a bounded input: every window and event-time timer fires. */
export const MAX_WATERMARK = Number.POSITIVE_INFINITY
