'use client'
import { PageError } from '@/features/shell/page-error.tsx'

/** A page that threw while it was drawn; the frame around it stays. */
export default PageError
