// Named steps with progress, for everything that a person waits for: a spinner with the time passed on a terminal;
// elsewhere plain lines, when a step ends and, where it takes long, that it has begun and is still at it. Needs nothing
// but Node, since it runs before anything is installed.
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const FRAME_MS = 80
/**
 * Without a terminal: steps that end sooner than this are one line. Of longer ones it is said that they have begun, what
 * they are doing whenever that changes, and every REMIND_MS that they go on.
 */
const QUIET_MS = 1000
const REMIND_MS = 15_000

/** Colours, or none where the stream is not a terminal or NO_COLOR is set. */
export function colorsFor(stream) {
  const on = stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb'
  const wrap = code => text => (on ? `\u001b[${code}m${text}\u001b[0m` : text)
  return { bold: wrap(1), dim: wrap(2), red: wrap(31), green: wrap(32), yellow: wrap(33), cyan: wrap(36) }
}

/** `0.4 s`, `12 s`, `2 min 5 s`. */
export function duration(ms) {
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

export class Steps {
  #stream
  #isTerminal
  #colors

  constructor(stream = process.stderr) {
    this.#stream = stream
    this.#isTerminal = stream.isTTY === true && process.env.TERM !== 'dumb'
    this.#colors = colorsFor(stream)
  }

  /**
   * Runs one step and shows it: `work` may call its argument with what it is doing now. A step that throws is shown as
   * failed and throws on. One step runs at a time.
   */
  async run(name, work) {
    const startedMs = performance.now()
    let note = ''
    let frame = 0
    const draw = () => {
      const passed = duration(performance.now() - startedMs)
      const line = `${this.#colors.cyan(FRAMES[frame++ % FRAMES.length])} ${name} ${this.#colors.dim(`${note === '' ? '' : `${note} `}${passed}`)}`
      this.#stream.write(`\r\u001b[2K${line}`)
    }
    const timer = this.#isTerminal ? setInterval(draw, FRAME_MS) : this.#announce(name, () => note, startedMs)
    if (this.#isTerminal) draw()
    const finish = (mark, suffix) => {
      clearInterval(timer)
      if (this.#isTerminal) this.#stream.write('\r\u001b[2K')
      this.#stream.write(`${mark} ${name} ${this.#colors.dim(`${suffix}${duration(performance.now() - startedMs)}`)}\n`)
    }
    try {
      const result = await work(text => {
        note = text
      })
      finish(this.#colors.green('✓'), '')
      return result
    } catch (error) {
      finish(this.#colors.red('✗'), 'failed after ')
      throw error
    }
  }

  /** Tells of a step that takes long while there is no terminal. Gives the timer to clear. */
  #announce(name, note, startedMs) {
    let said = null
    let saidMs = 0
    return setInterval(() => {
      const now = performance.now()
      const goesOn = said === note()
      if (goesOn && now - saidMs < REMIND_MS) return
      const soFar = goesOn ? ` (${duration(now - startedMs)} so far)` : ''
      this.#stream.write(`… ${name}${note() === '' ? '' : `: ${note()}`}${soFar}\n`)
      said = note()
      saidMs = now
    }, QUIET_MS)
  }
}
