'use client'
export { JobDataTab } from './job-data-tab.tsx'
