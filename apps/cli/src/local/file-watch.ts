import { type StatsListener, unwatchFile, watchFile } from 'node:fs'

/** How often the files are looked at. Looking by name finds a file again that an editor has replaced. */
const LOOK_INTERVAL_MS = 150
/** Editors write a file in several steps, and formatters write it again: a change counts when it has been quiet so long. */
const QUIET_MS = 100

/** Tells of changes of a set of files. */
export class FileWatch {
  readonly #onChange: () => void
  readonly #listener: StatsListener = (now, before) => {
    if (now.mtimeMs !== before.mtimeMs || now.size !== before.size || now.ino !== before.ino) this.#changed()
  }
  #files: readonly string[] = []
  #timer: NodeJS.Timeout | null = null

  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  /** Watches these from now on, and no longer those that are not among them. */
  watch(files: readonly string[]): void {
    for (const file of this.#files) if (!files.includes(file)) unwatchFile(file, this.#listener)
    for (const file of files)
      if (!this.#files.includes(file)) watchFile(file, { interval: LOOK_INTERVAL_MS }, this.#listener)
    this.#files = files
  }

  close(): void {
    this.watch([])
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  #changed(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#onChange(), QUIET_MS)
  }
}
