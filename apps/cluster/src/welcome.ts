import type { Settings } from '@weir/process/settings'
import type { colorsFor } from '../../../scripts/steps.mjs'
import { jobManagerUrl, webUrl } from './supervisor.ts'

export interface WelcomeDetails {
  readonly link: { readonly url: string; readonly expiresAt: string }
  /** The folder of the log files, as it is best shown. */
  readonly logs: string
  readonly colors: ReturnType<typeof colorsFor>
}

type Shown = Pick<Settings, 'host' | 'webPort' | 'jobManagerPort' | 'taskManagers' | 'taskSlots'>

/** What stands on the terminal when everything runs: where it is, how to get in, and what to type next. */
export function welcome(settings: Shown, { link, logs, colors }: WelcomeDetails): string {
  const api = jobManagerUrl(settings)
  const taskManagers = settings.taskManagers === 1 ? '1 TaskManager' : `${settings.taskManagers} TaskManagers`
  const slots = settings.taskManagers * settings.taskSlots
  const until = new Date(link.expiresAt).toLocaleTimeString()
  const rows: [string, string][] = [
    ['Web app', colors.cyan(webUrl(settings))],
    [
      'Log in',
      `${colors.cyan(link.url)}  ${colors.dim(`works once, until ${until}; then ./weir login prints another`)}`,
    ],
    ['API', `${colors.cyan(api)}  ${colors.dim(`its documentation: ${api}/docs`)}`],
    ['Slots', `${slots} on ${taskManagers}`],
    ['Logs', logs],
  ]
  return [
    '',
    colors.bold(colors.green('Weir is running.')),
    ...rows.map(([name, value]) => `  ${name.padEnd(9)}${value}`),
    '',
    `Next: open the log-in link in a browser, or in another terminal:  ${colors.bold('./weir deploy examples/word-count.ts')}`,
    colors.dim('Ctrl-C stops everything.'),
    '',
  ].join('\n')
}
