import { describe, expect, it } from 'vitest'
import { grantOf, mayDo, type Permission, ROLES, scopesOf } from './permissions.ts'

const ALLOWED: Record<Permission, readonly string[]> = {
  'jobs:read': ['viewer', 'operator', 'developer', 'admin'],
  'cluster:read': ['viewer', 'operator', 'developer', 'admin'],
  'jobs:logs': ['operator', 'developer', 'admin'],
  'jobs:operate': ['operator', 'developer', 'admin'],
  'jobs:submit': ['developer', 'admin'],
  'records:read': ['developer', 'admin'],
  'access:manage': ['admin'],
}

describe('permissions', () => {
  it('gives each role what it may do, and nothing else', () => {
    for (const [permission, roles] of Object.entries(ALLOWED)) {
      const allowed = ROLES.filter(role => mayDo({ role, seeRecords: false }, permission as Permission))
      expect(allowed, permission).toEqual(roles)
    }
  })

  it('lets a viewer see records when that was granted, and nothing more', () => {
    const grant = { role: 'viewer', seeRecords: true } as const
    expect(mayDo(grant, 'records:read')).toBe(true)
    expect(mayDo(grant, 'jobs:submit')).toBe(false)
    expect(mayDo(grant, 'jobs:logs')).toBe(false)
  })

  it('stores a grant as scopes and reads it back', () => {
    for (const role of ROLES) {
      for (const seeRecords of [true, false])
        expect(grantOf(scopesOf({ role, seeRecords }))).toEqual({ role, seeRecords })
    }
  })

  it('grants nothing for scopes without a known role', () => {
    expect(grantOf(['records'])).toBeNull()
    expect(grantOf(['superuser'])).toBeNull()
    expect(grantOf([])).toBeNull()
  })
})
