import { MAX_PARALLELISM_LIMIT } from '@weir/engine/graph/job-graph'
import { InvalidArgumentError, Option } from 'commander'

/** On every command: what it has to say as JSON on stdout, one document a line. */
export function jsonOption(): Option {
  return new Option('--json', 'print JSON')
}

export function parallelismOption(): Option {
  return new Option('--parallelism <n>', "instead of the job's own default parallelism").argParser(parseParallelism)
}

function parseParallelism(text: string): number {
  const value = Number(text)
  if (!/^[+-]?\d+$/.test(text) || value < 1 || value > MAX_PARALLELISM_LIMIT) {
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${MAX_PARALLELISM_LIMIT}.`)
  }
  return value
}

/** For options that count something. */
export function wholeNumber(min: number, max: number) {
  return (text: string): number => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
    }
    return value
  }
}
