// Runs commands quietly: what they write is kept, and shown only when they fail.
import { spawn } from 'node:child_process'

const TAIL_LINES = 40
const KEPT_CHARACTERS_MAX = 4_000_000

/** A command that failed. The message has the end of its output and what to do. */
export class CommandError extends Error {
  constructor(message, output) {
    super(message)
    this.name = 'CommandError'
    this.output = output
  }
}

/**
 * Runs a command to its end and gives back what it wrote. `advice` completes the message when it fails: what the person
 * may do; `show` which part of the output is in it. `onLine` sees every line; `echo` passes the output on as it comes. `timeoutMs` kills it and everything it
 * started.
 */
export function runCommand(command, args, options = {}) {
  const { cwd, env = process.env, advice = '', show = 'end', onLine, echo, timeoutMs, allowFailure = false } = options
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: timeoutMs !== undefined,
    })
    let output = ''
    let timedOut = false
    const killGroup = () => {
      try {
        process.kill(-child.pid, 'SIGKILL')
      } catch (error) {
        // It ended at this very moment.
        if (error.code !== 'ESRCH') throw error
      }
    }
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true
            killGroup()
          }, timeoutMs)
    // A group of its own does not hear the terminal's Ctrl-C.
    if (timeoutMs !== undefined) process.on('exit', killGroup)
    for (const stream of [child.stdout, child.stderr]) {
      let rest = ''
      stream.setEncoding('utf8')
      stream.on('data', text => {
        output = (output + text).slice(-KEPT_CHARACTERS_MAX)
        if (echo !== undefined) echo.write(text)
        if (onLine === undefined) return
        const lines = (rest + text).split('\n')
        rest = lines.pop()
        for (const line of lines) onLine(line)
      })
      stream.on('end', () => {
        if (onLine !== undefined && rest !== '') onLine(rest)
      })
    }
    child.on('error', error => {
      clearTimeout(timer)
      const hint = error.code === 'ENOENT' ? `${command} was not found on PATH` : error.message
      reject(new CommandError(`${hint}. ${advice}`, output))
    })
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      process.off('exit', killGroup)
      if (code === 0 || (allowFailure && !timedOut)) return resolve({ code, signal, output })
      const how = timedOut
        ? `took longer than ${timeoutMs / 1000} s`
        : signal === null
          ? `ended with exit code ${code}`
          : `was ended by ${signal}`
      const lines = output.trimEnd().split('\n')
      // npm says what is wrong first, and its usage last.
      const tail = (show === 'start' ? lines.slice(0, TAIL_LINES) : lines.slice(-TAIL_LINES)).join('\n')
      reject(new CommandError(`"${[command, ...args].join(' ')}" ${how}. ${advice}\n\n${tail}`, output))
    })
  })
}
