'use client'
export { JobErrorsTab } from './job-errors-tab.tsx'
