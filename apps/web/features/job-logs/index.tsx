'use client'
export { JobLogsTab } from './job-logs-tab.tsx'
