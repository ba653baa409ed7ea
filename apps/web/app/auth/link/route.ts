import { openLoginLink } from '@/lib/server/open-login-link.ts'

/** Where proxy.ts leads `/login?token=…`. */
export const dynamic = 'force-dynamic'
export { openLoginLink as GET }
