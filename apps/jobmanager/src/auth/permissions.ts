import type { Role } from '../store/records.ts'

/** Who may do more comes later: each role may do all that the ones before it may. */
export const ROLES = ['viewer', 'operator', 'developer', 'admin'] as const satisfies readonly Role[]
export type { Role }

/** What a caller may be allowed to do. The comment of each says what that is. */
export type Permission =
  /** See jobs: their status, graph, source, metrics, errors and history. */
  | 'jobs:read'
  /** See TaskManagers and the load of the cluster. */
  | 'cluster:read'
  /** Read the log lines of a job, which hold what its code prints. */
  | 'jobs:logs'
  /** Stop what runs: cancel a job, take a savepoint. */
  | 'jobs:operate'
  /** Run code: submit and validate jobs; delete ended ones. */
  | 'jobs:submit'
  /** See records: rows of collect and print sinks, samples, state. Given apart from the roles, see `mayDo`. */
  | 'records:read'
  /** Make, list and revoke tokens and login links. */
  | 'access:manage'

/** Every permission but `records:read`, with the lowest role that has it. */
const LOWEST_ROLE: Readonly<Record<Exclude<Permission, 'records:read'>, Role>> = {
  'jobs:read': 'viewer',
  'cluster:read': 'viewer',
  'jobs:logs': 'operator',
  'jobs:operate': 'operator',
  'jobs:submit': 'developer',
  'access:manage': 'admin',
}

export const PERMISSIONS: readonly Permission[] = [...(Object.keys(LOWEST_ROLE) as Permission[]), 'records:read']

/** What a token, login link or session allows. */
export interface Grant {
  readonly role: Role
  /** Whether records may be seen although the role alone does not allow it. */
  readonly seeRecords: boolean
}

/** A caller that has shown who it is. */
export interface Principal extends Grant {
  /** For the audit log and as the owner of jobs. */
  readonly name: string
  readonly via: 'admin-token' | 'token' | 'session'
}

/**
 * Whether a grant covers a permission. Who may submit code can have it print every record it gets, so developers and
 * admins see records in any case; viewers and operators only when that was granted apart.
 */
export function mayDo(grant: Grant, permission: Permission): boolean {
  if (permission === 'records:read') return grant.seeRecords || isAtLeast(grant.role, 'developer')
  return isAtLeast(grant.role, LOWEST_ROLE[permission])
}

/** What a refusal tells the caller to ask for. */
export function roleNeededFor(permission: Permission): string {
  return permission === 'records:read' ? 'developer (or the right to see records)' : LOWEST_ROLE[permission]
}

function isAtLeast(role: Role, wanted: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(wanted)
}

const RECORDS_SCOPE = 'records'

/** The stored form of a grant: its role, and `records` where records may be seen beyond it. */
export function scopesOf(grant: Grant): string[] {
  return grant.seeRecords ? [grant.role, RECORDS_SCOPE] : [grant.role]
}

/** The inverse of `scopesOf`; null for scopes that name no role of this version: they grant nothing. */
export function grantOf(scopes: readonly string[]): Grant | null {
  const role = ROLES.find(candidate => scopes.includes(candidate))
  return role === undefined ? null : { role, seeRecords: scopes.includes(RECORDS_SCOPE) }
}
