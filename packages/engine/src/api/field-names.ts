/** Names of T's fields. */
export type FieldName<T> = keyof T & string
/** Names of the fields that hold numbers. */
export type NumberField<T> = { [F in FieldName<T>]: T[F] extends number ? F : never }[FieldName<T>]
/** Names of the fields that have an order. */
export type OrderedField<T> = { [F in FieldName<T>]: T[F] extends number | string | bigint ? F : never }[FieldName<T>]
