'use client'
import type { CSSProperties } from 'react'
import { cx } from '@/ui/index.ts'
import styles from './api-docs.module.css'
import type { Schema } from './openapi-types.ts'
import { InlineText } from './rich-text.tsx'
import { schemaRows, typeOf } from './schema-rows.ts'

export interface SchemaTableProps {
  readonly mediaType: string
  readonly schema: Schema
  readonly resolve: (name: string) => Schema | undefined
}

/** The fields of a body, nested ones indented. Required ones are bold. */
export function SchemaTable({ mediaType, schema, resolve }: SchemaTableProps) {
  const rows = schemaRows(schema, resolve)
  if (rows.length === 0) {
    return (
      <p className={styles.said}>
        <code>{mediaType}</code>: {typeOf(schema)}
      </p>
    )
  }
  return (
    <div className={styles.fields}>
      <table>
        <caption hidden>
          {mediaType}: {typeOf(schema)}
        </caption>
        <thead>
          <tr>
            <th scope="col">{typeOf(schema).startsWith('array') ? 'Field of each' : 'Field'}</th>
            <th scope="col">Type</th>
            <th scope="col">Meaning</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr key={row.key}>
              <td
                className={cx(styles.name, !row.required && styles.optional)}
                style={{ '--level': row.level } as CSSProperties}
                title={row.required ? 'always there' : 'optional'}
              >
                {row.name}
              </td>
              <td className={styles.type}>{row.type}</td>
              <td className={styles.said}>
                <InlineText text={row.description} /> <span className={styles.bounds}>{row.bounds}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
