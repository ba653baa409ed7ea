import { type BadJob, reading, writing } from './bad-job.ts'

const IN_HOME = ['it lies in WEIR_HOME', 'use another folder']
const OUTSIDE = [/WEIR_FILE_ROOTS: \//, 'use a path inside one']

/** Paths that only a cluster confines. The work folder stands beside WEIR_HOME, and `link` leads into that. */
export const paths: readonly BadJob[] = (
  [
    ['that reads WEIR_HOME', 'climb', reading(`{ path: '../home/credentials/admin-token', format: 'lines' }`), IN_HOME],
    [
      'that reads WEIR_HOME by a pattern',
      'brace',
      reading(`{ path: '{in,..}/home/credentials/*', format: 'lines' }`),
      IN_HOME,
    ],
    [
      'that reads WEIR_HOME through a link to a folder',
      'link',
      reading(`{ path: 'link/admin-token', format: 'lines' }`),
      IN_HOME,
    ],
    [
      'that reads a folder with a link into WEIR_HOME',
      'linked',
      reading(`{ path: 'linked', format: 'lines' }`),
      IN_HOME,
    ],
    ['that writes into WEIR_HOME', 'sink-home', writing('../home/out'), IN_HOME],
    ['that writes into WEIR_HOME through a link', 'sink-link', writing('link/out'), IN_HOME],
    ['that reads outside of WEIR_FILE_ROOTS', 'etc', reading(`{ path: '/etc/passwd', format: 'lines' }`), OUTSIDE],
    [
      'that reads outside of WEIR_FILE_ROOTS through a link',
      'etc-link',
      reading(`{ path: 'etc/passwd', format: 'lines' }`),
      OUTSIDE,
    ],
    ['that writes outside of WEIR_FILE_ROOTS', 'sink-etc', writing('/var/tmp/weir-bad-input'), OUTSIDE],
  ] as const
).map(([title, name, text, says]) => ({
  title,
  file: `${name}.ts`,
  source: text,
  code: 'PATH_NOT_ALLOWED',
  says: [`${name}.ts:`, text.includes('fileSink({') ? 'operator results' : 'operator books', ...says],
  operator: text.includes('fileSink({') ? /^fileSink-/ : /^fileSource-/,
  clusterOnly: true,
}))
