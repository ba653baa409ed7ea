import { z } from 'zod'
import { type Grant, grantOf, ROLES } from '../../../auth/permissions.ts'
import type { TokenRecord } from '../../../store/records.ts'
import { isoTime, isoTimeOrNull, timeSchema } from './common.ts'

const YEAR_MS = 366 * 24 * 3_600_000

export const roleSchema = z.enum(ROLES)

const grantFields = {
  role: roleSchema,
  see_records: z
    .boolean()
    .default(false)
    .describe('Whether a viewer or operator may also see records; developers and admins may in any case'),
}

/** A request without a body has the body null. */
export const newLoginLinkSchema = z.strictObject({ ...grantFields, role: roleSchema.default('admin') }).nullable()

export const loginLinkSchema = z.object({ url: z.string(), expires_at: timeSchema })

export const sessionSchema = z.object({
  name: z.string(),
  role: roleSchema,
  see_records: z.boolean(),
  expires_at: timeSchema,
})

export const newTokenSchema = z.strictObject({
  name: z.string().trim().min(1).max(100),
  ...grantFields,
  expires_in_ms: z
    .int()
    .min(1000)
    .max(10 * YEAR_MS)
    .nullable()
    .default(90 * 24 * 3_600_000)
    .describe('null: until it is revoked; the default is 90 days'),
})

export const tokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  role: roleSchema.nullable().describe('null: of no role of this version, so without any right'),
  see_records: z.boolean(),
  created_at: timeSchema,
  expires_at: timeSchema.nullable(),
  last_used_at: timeSchema.nullable(),
})

export const createdTokenSchema = tokenSchema.extend({
  token: z.string().describe('Shown this once: only its hash is stored'),
})

export function tokenBody(record: TokenRecord): z.infer<typeof tokenSchema> {
  const grant = grantOf(record.scopes)
  return {
    id: record.id,
    name: record.name,
    role: grant?.role ?? null,
    see_records: grant?.seeRecords ?? false,
    created_at: isoTime(record.createdAt),
    expires_at: isoTimeOrNull(record.expiresAt),
    last_used_at: isoTimeOrNull(record.lastUsedAt),
  }
}

export const callerSchema = z.object({
  name: z.string(),
  role: roleSchema,
  see_records: z.boolean(),
  via: z.enum(['admin-token', 'token', 'session']),
})

export function grantOfBody(body: { role: Grant['role']; see_records: boolean }): Grant {
  return { role: body.role, seeRecords: body.see_records }
}
