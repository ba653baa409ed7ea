import { passOn } from '@/lib/server/pass-on.ts'

/** The JobManager's own: passed on as it is. */
export const dynamic = 'force-dynamic'
export { passOn as DELETE, passOn as GET, passOn as HEAD, passOn as PATCH, passOn as POST, passOn as PUT }
