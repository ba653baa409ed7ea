// Writes docs/errors.md from the one table of error codes: see generate.mjs.
import { ERROR_CODES } from '../packages/engine/src/base/errors.ts'
import { cell, table, writePage } from './write-page.mjs'

const DOMAINS = [
  {
    domain: 'user',
    title: 'The job, its input or the request',
    text: 'Something that was given to Weir is wrong. A job that fails with one of these is not restarted, unless it sets a restart strategy of its own.',
  },
  {
    domain: 'external',
    title: 'The surroundings',
    text: 'A disk, the network, another process or the load of the cluster. A job that fails with one of these is restarted, with growing delays and without limit, unless it sets a restart strategy of its own.',
  },
  {
    domain: 'internal',
    title: 'Weir itself',
    text: 'A defect. Please report it with the message, the stack and the log files in `WEIR_HOME/logs`.',
  },
]

function section({ domain, title, text }) {
  const rows = Object.entries(ERROR_CODES)
    .filter(([, row]) => row.domain === domain)
    .map(([code, row]) => [`\`${code}\``, cell(row.sentence), row.retry === 'later' ? 'may work later' : 'no'])
  return ['', `## ${title}`, '', text, '', ...table(['Code', 'Meaning', 'Again, unchanged?'], rows)]
}

writePage('errors.md', [
  '# Error codes',
  '',
  '<!-- Made by docs/generate-errors.mjs from packages/engine/src/base/errors.ts: change that, not this. -->',
  '',
  'Every error that a person may see has a code. The message beside it says what was wrong, where (operator, subtask, line),',
  'and what to do. The last column says whether the same action may work when it is tried again without a change.',
  ...DOMAINS.flatMap(section),
])
