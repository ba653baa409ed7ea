export { JobPage } from './job-page.tsx'
export { isOver, type JobTabProps } from './job-tabs.ts'
