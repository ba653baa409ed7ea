import { adminTokenFile, existingAdminToken } from '@weir/process/credentials'
import { projectFolder } from '@weir/process/project-folder'
import { isLoopback } from '@weir/process/setting-kinds'
import { readSettings, type Settings } from '@weir/process/settings'
import { type Color, colorsFor, Steps } from '../../../scripts/steps.mjs'
import { ApiClient } from './client/api-client.ts'
import { withVisibleControls } from './output/terminal-text.ts'
import { folderOfCaller, weirCommand } from './output/weir-command.ts'

export type Colors = Readonly<Record<'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', Color>>

/** What the commands have of the world: made once in main.ts. */
export class CliContext {
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  /** Aborted by the first Ctrl-C. */
  readonly interrupted: AbortSignal
  /** A thread of this process runs on though it was ended: an orderly exit would wait for it. */
  hasUnstoppableThread = false
  readonly #env: NodeJS.ProcessEnv
  #settings: Settings | null = null

  constructor(options: {
    stdout: NodeJS.WriteStream
    stderr: NodeJS.WriteStream
    env: NodeJS.ProcessEnv
    interrupted: AbortSignal
  }) {
    this.stdout = options.stdout
    this.stderr = options.stderr
    this.interrupted = options.interrupted
    this.#env = options.env
  }

  /** Whether stacks of errors are shown. */
  get debug(): boolean {
    return Boolean(this.#env.WEIR_DEBUG)
  }

  /** Throws SETTING_INVALID. */
  get settings(): Settings {
    // WEIR_DEBUG is the command line's own: the table of settings, which refuses what it does not know, is the cluster's.
    const { WEIR_DEBUG: _, ...env } = this.#env
    this.#settings ??= readSettings(env)
    return this.#settings
  }

  /** This command line as the person types it, for hints at what to do next. */
  get weir(): string {
    return weirCommand(projectFolder(), folderOfCaller(this.#env, process.cwd()))
  }

  get outColors(): Colors {
    return colorsFor(this.stdout)
  }

  get errColors(): Colors {
    return colorsFor(this.stderr)
  }

  /** A text of others as stdout may show it: exact in a file or a pipe, without effect on a terminal. */
  outText(text: string): string {
    return this.stdout.isTTY === true ? withVisibleControls(text) : text
  }

  /** The same for stderr. */
  errText(text: string): string {
    return this.stderr.isTTY === true ? withVisibleControls(text) : text
  }

  /** A client of the cluster that WEIR_URL names. */
  client(): ApiClient {
    return new ApiClient({
      url: this.settings.url,
      token: this.token(),
      tokenSource: adminTokenFile(this.settings),
      interrupted: this.interrupted,
    })
  }

  /** WEIR_TOKEN, or the file's of the local cluster; null where there is neither. */
  token(): string | null {
    const { settings } = this
    if (settings.token !== null) return settings.token
    // The token of this machine's cluster is nobody else's business: it never goes to another machine.
    return isLoopback(new URL(settings.url).hostname.replace(/^\[|\]$/g, '')) ? existingAdminToken(settings) : null
  }

  /** Runs one step of long work and shows it on stderr; silent when `quiet`. */
  step<T>(name: string, quiet: boolean, work: (note: (text: string) => void) => Promise<T>): Promise<T> {
    return quiet ? work(() => undefined) : new Steps(this.stderr).run(name, work)
  }

  /** One line on stdout. */
  print(line: string): void {
    this.stdout.write(`${line}\n`)
  }

  /** One JSON document on stdout: on one line, so that lines can be told apart. */
  printJson(value: unknown): void {
    this.print(JSON.stringify(value))
  }

  /** One line for the person on stderr. */
  note(line: string): void {
    this.stderr.write(`${line}\n`)
  }
}
