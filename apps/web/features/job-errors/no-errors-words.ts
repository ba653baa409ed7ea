import type { JobDoc } from '@weir/proto/web/job-doc'

export interface NoErrorsWords {
  readonly title: string
  readonly text: string
}

const WHERE = 'Errors are shown here with their record, their line and their stack.'

/** What a job without errors is told of: nothing has gone well yet of one that has not begun, nor of one that runs on. */
export function noErrorsWords({
  name,
  status,
  startedAt,
}: Pick<JobDoc, 'name' | 'status' | 'startedAt'>): NoErrorsWords {
  switch (status) {
    case 'FINISHED':
      return { title: 'No errors. Everything went well', text: `${name} has finished without a single error.` }
    case 'FAILED':
      return { title: 'No errors are kept', text: `The history below says why ${name} has failed.` }
    case 'CANCELED':
      return startedAt === null
        ? { title: 'No errors', text: `${name} was canceled before it began.` }
        : { title: 'No errors', text: `${name} had none until it was canceled.` }
    default:
      return startedAt === null
        ? { title: 'No errors yet', text: `${name} has not begun. ${WHERE}` }
        : { title: 'No errors so far', text: `${name} has had none. ${WHERE}` }
  }
}
