import type { Clock } from '@weir/engine/base/platform'
import type { Database } from './database.ts'
import type { MetaStore } from './meta-store.ts'
import { PrismaAuthStore } from './prisma-auth-store.ts'
import { PrismaClusterStore } from './prisma-cluster-store.ts'
import { PrismaDraftStore } from './prisma-draft-store.ts'
import { PrismaJobStore } from './prisma-job-store.ts'
import { PrismaLeaseStore } from './prisma-lease-store.ts'
import { StoreSession } from './store-session.ts'

/** The store over an open database, in the thread that owns it. */
export function prismaMetaStore(database: Database, clock: Clock): MetaStore {
  const session = new StoreSession(database.prisma, database)
  return {
    jobs: new PrismaJobStore(session),
    cluster: new PrismaClusterStore(session),
    leases: new PrismaLeaseStore(session, clock),
    auth: new PrismaAuthStore(session),
    drafts: new PrismaDraftStore(session),
  }
}
