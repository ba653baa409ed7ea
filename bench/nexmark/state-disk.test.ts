import { expect, test } from 'vitest'
import { stateDiskIn } from './state-disk.ts'

const TEXT = `# HELP state_disk_reads_total Rows of state that were read from disk.
# TYPE state_disk_reads_total counter
state_disk_reads_total{task="a/0",operator="join } of",job="job_1"} 31
state_disk_reads_total{task="a/1",operator="join } of",job="job_1"} 4
state_disk_reads_total{task="a/0",operator="join",job="job_12"} 1000
state_disk_writes_total{task="a/0",operator="count 5",job="job_1"} 1200000
state_size_bytes{task="a/0",operator="join",job="job_1"} 7
state_size_bytes{task="a/0",operator="join",job="job_3"} 7
`

test('the counters of all operators and subtasks of a job are added, and no other job counts', () => {
  expect(stateDiskIn(TEXT, 'job_1')).toEqual({ reads: 35, writes: 1_200_000 })
})

test('a job that never had to do with the disk has read and written nothing, one that is not there is not known', () => {
  expect(stateDiskIn(TEXT, 'job_3')).toEqual({ reads: 0, writes: 0 })
  expect(stateDiskIn(TEXT, 'job_4')).toBeUndefined()
})
