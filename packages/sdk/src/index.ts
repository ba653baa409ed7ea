/** The one import of a job. */
export * from './api.ts'
