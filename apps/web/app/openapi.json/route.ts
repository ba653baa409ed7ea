import { passOn } from '@/lib/server/pass-on.ts'

/** The description of the JobManager's interface, as it answers it itself. */
export const dynamic = 'force-dynamic'
export { passOn as GET, passOn as HEAD }
