/**
 * The few types of zod that declarations of the engine mention, reduced to what they mean for a reader: the inferred
 * shape. The editor gets these instead of the library, which jobs cannot import. What is missing here fails the build.
 */
export declare namespace z {
  export interface ZodType<T> {
    readonly _output: T
  }
  type Output<T> = T extends ZodType<infer Value> ? Value : never

  export { type Output as infer }

  export interface ZodString extends ZodType<string> {}
  export interface ZodNumber extends ZodType<number> {}
  export interface ZodInt extends ZodType<number> {}
  export interface ZodBoolean extends ZodType<boolean> {}
  export interface ZodJSONSchema extends ZodType<unknown> {}
  export interface ZodLiteral<T> extends ZodType<T> {}
  export interface ZodEnum<T> extends ZodType<T[keyof T]> {}
  export interface ZodArray<T> extends ZodType<Output<T>[]> {}
  export interface ZodNullable<T> extends ZodType<Output<T> | null> {}
  export interface ZodDefault<T> extends ZodType<Output<T>> {}
  export interface ZodOptional<T> extends ZodType<Output<T> | undefined> {
    readonly _optional: true
  }
  export interface ZodRecord<K, V> extends ZodType<Record<string, Output<V>>> {
    readonly _key: K
  }
  export interface ZodObject<Shape, Mode = unknown>
    extends ZodType<
      { [K in keyof Shape as Shape[K] extends { _optional: true } ? never : K]: Output<Shape[K]> } & {
        [K in keyof Shape as Shape[K] extends { _optional: true } ? K : never]?: Output<Shape[K]>
      }
    > {
    readonly _mode: Mode
  }
  export interface ZodDiscriminatedUnion<Options extends readonly unknown[], Key = string>
    extends ZodType<Output<Options[number]>> {
    readonly _discriminator: Key
  }

  export namespace core {
    export type $strict = 'strict'
    export type $strip = 'strip'
    export type $loose = 'loose'
  }
}
