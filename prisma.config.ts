import { defineConfig } from 'prisma/config'

/**
 * For the Prisma command line alone (`prisma validate`, `prisma migrate deploy`, …). The JobManager applies the same
 * migrations by itself at start and records them as Prisma does.
 */
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: {
    url: process.env.DATABASE_URL ?? '',
    // An empty database that `prisma migrate diff --from-migrations` may fill and drop.
    shadowDatabaseUrl: process.env.SHADOW_DATABASE_URL,
  },
})
