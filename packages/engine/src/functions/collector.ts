/** Where a user's function puts its results. They take the timestamp of the record or timer that is being handled. */
export interface Collector<T> {
  collect(value: T): void
}
