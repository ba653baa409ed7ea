import { delimiter, isAbsolute } from 'node:path'
import { z } from 'zod'

/** What the text of an environment variable may be, and what it becomes. */
export interface SettingKind<T> {
  /** From the variable's text (trimmed, never empty) to the value. */
  readonly schema: z.ZodType<T, string>
  /** The range in words, completing "… must be". */
  readonly range: string
}

export function integer(min: number, max: number, unit = ''): SettingKind<number> {
  return {
    schema: z
      .string()
      .regex(/^[+-]?\d+$/)
      .transform(Number)
      .pipe(z.int().min(min).max(max)),
    range: `an integer from ${min} to ${max}${unit === '' ? '' : ` (${unit})`}`,
  }
}

export function fraction(): SettingKind<number> {
  return {
    schema: z
      .string()
      .regex(/^\d*\.?\d+$/)
      .transform(Number)
      .pipe(z.number().min(0).max(1)),
    range: 'a number from 0 to 1',
  }
}

export function port(): SettingKind<number> {
  const kind = integer(1, 65_535)
  return { ...kind, range: 'a port from 1 to 65535' }
}

export function flag(): SettingKind<boolean> {
  return {
    schema: z.enum(['true', 'false', '1', '0']).transform(text => text === 'true' || text === '1'),
    range: 'true or false',
  }
}

export function oneOf<const T extends string>(values: readonly [T, ...T[]]): SettingKind<T> {
  return { schema: z.string().pipe(z.enum(values)), range: `one of ${values.join(', ')}` }
}

/** A folder; a relative one is taken from the folder where the process was started. */
export function folder(): SettingKind<string> {
  return { schema: z.string().refine(text => !text.includes('\0')), range: 'the path of a folder' }
}

export function folders(): SettingKind<readonly string[]> {
  return {
    schema: z
      .string()
      .transform(text => text.split(delimiter).filter(part => part !== ''))
      .pipe(z.array(z.string().refine(isAbsolute)).min(1).max(100)),
    range: `absolute paths of folders, separated by "${delimiter}"`,
  }
}

export function secretText(minLength: number): SettingKind<string> {
  return {
    schema: z
      .string()
      .min(minLength)
      .max(512)
      .regex(/^[\x21-\x7e]+$/),
    range: `${minLength} to 512 printable ASCII characters without a space`,
  }
}

export function url(protocols: readonly string[], example: string): SettingKind<string> {
  return {
    schema: z.string().refine(text => URL.canParse(text) && protocols.includes(new URL(text).protocol)),
    range: `an address such as ${example}`,
  }
}

const HOST_AND_PORT = /^(\[[0-9a-f:]+\]|[a-z0-9._-]+):([1-9]\d{0,4})$/i

export function hostsAndPorts(): SettingKind<readonly string[]> {
  return {
    schema: z
      .string()
      .transform(text => text.split(',').map(part => part.trim()))
      .pipe(
        z
          .array(
            z.string().refine(part => {
              const match = HOST_AND_PORT.exec(part)
              return match !== null && Number(match[2]) <= 65_535
            }),
          )
          .min(1)
          .max(100),
      ),
    range: 'one or more host:port, separated by commas',
  }
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

export function loopbackHost(): SettingKind<string> {
  return {
    schema: z.string().refine(isLoopback),
    range:
      'a loopback address (127.0.0.1, ::1 or localhost): beyond this machine Weir is served only once it has accounts of users',
  }
}

export function identifier(): SettingKind<string> {
  return {
    schema: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/i),
    range: 'a letter or digit and up to 62 letters, digits, dots, dashes or underscores',
  }
}
