import { z } from 'zod'

export const COLUMN_TYPES = ['integer', 'number', 'boolean', 'string'] as const
export type ColumnType = (typeof COLUMN_TYPES)[number]

const pathSchema = (needed: string) =>
  z
    .string()
    .min(1, needed)
    .max(4_096, 'must have at most 4096 characters')
    // No file system has such a name, and its functions refuse it with an error of their own.
    .refine(path => !path.includes('\0'), 'must not contain the character NUL (\\0)')

export const fileSourceConfigSchema = z
  .strictObject({
    /** A file, a folder or a glob. */
    path: pathSchema('the path of a file or folder is needed'),
    format: z.enum(['lines', 'json', 'csv'], 'must be "lines", "json" or "csv"'),
    /** What a record that cannot be read does: fail the job, or be left out and counted. */
    onError: z.enum(['fail', 'skip']).optional(),
    /** CSV: types of columns; columns that are not named stay strings. */
    schema: z.record(z.string(), z.enum(COLUMN_TYPES, `must be one of ${COLUMN_TYPES.join(', ')}`)).optional(),
    /** CSV: false promises that no quoted field holds a line break, so that a file can be split. */
    multiline: z.boolean().optional(),
  })
  .superRefine((config, issues) => {
    if (config.format === 'csv') return
    for (const field of ['schema', 'multiline'] as const) {
      if (config[field] === undefined) continue
      issues.addIssue({ code: 'custom', path: [field], message: `only the format "csv" has "${field}"` })
    }
  })

export type FileSourceConfig = z.infer<typeof fileSourceConfigSchema>

export const fileSinkConfigSchema = z
  .strictObject({
    /** The folder of the part files; it is made when it is not there. */
    path: pathSchema('the path of a folder is needed'),
    format: z.enum(['lines', 'json', 'csv'], 'must be "lines", "json" or "csv"'),
    /** A part file of this size is closed and another one begun. */
    rollBytes: z.int('must be a whole number').min(1, 'must be at least 1').optional(),
    /** How often an endless job without checkpoints makes its output visible. */
    rollMs: z.number().min(100, 'must be at least 100').max(1e12).optional(),
    /** CSV: the columns and their order; by default the fields of a file's first record. */
    columns: z.array(z.string()).min(1).optional(),
  })
  .superRefine((config, issues) => {
    if (config.format !== 'csv' && config.columns !== undefined) {
      issues.addIssue({ code: 'custom', path: ['columns'], message: 'only the format "csv" has "columns"' })
    }
  })

export type FileSinkConfig = z.infer<typeof fileSinkConfigSchema>
