import { unreachable } from '@weir/engine/base/assert'
import type { Clock } from '@weir/engine/base/platform'
import type { DatagenConfig } from './datagen-spec.ts'

type FieldConfig = NonNullable<DatagenConfig['fields']>[string]
type FieldMaker = (index: number, random: () => number) => unknown

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'

/** A function that makes record `index` by the description of its fields. `timestamp` is the wall clock when it is made. */
export function recordMaker(
  fields: Readonly<Record<string, FieldConfig>>,
  clock: Clock,
): (index: number, random: () => number) => Record<string, unknown> {
  const makers = Object.entries(fields).map(([name, field]) => [name, fieldMaker(field, clock)] as const)
  return (index, random) => Object.fromEntries(makers.map(([name, make]) => [name, make(index, random)]))
}

function fieldMaker(field: FieldConfig, clock: Clock): FieldMaker {
  switch (field) {
    case 'sequence':
      return index => index
    case 'timestamp':
      return () => clock.now()
    case 'uuid':
      return (_index, random) => uuid(random)
  }
  if ('int' in field) {
    const [min, max] = field.int
    return (_index, random) => min + Math.floor(random() * (max - min + 1))
  }
  if ('float' in field) {
    const [min, max] = field.float
    return (_index, random) => min + random() * (max - min)
  }
  if ('oneOf' in field) {
    const values = field.oneOf
    return (_index, random) => values[Math.floor(random() * values.length)]
  }
  if ('text' in field) {
    const [min, max] = field.text
    return (_index, random) => text(min + Math.floor(random() * (max - min + 1)), random)
  }
  return unreachable(field, 'field of the data generator')
}

function text(length: number, random: () => number): string {
  let made = ''
  for (let i = 0; i < length; i++) made += LETTERS[Math.floor(random() * LETTERS.length)]
  return made
}

/** In the form of a version 4 UUID. */
function uuid(random: () => number): string {
  const word = (): string => hex(random() * 0x1_0000_0000, 8)
  const [a, b, c, d] = [word(), word(), word(), word()]
  const variant = '89ab'[Math.floor(random() * 4)]
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-${variant}${c.slice(1, 4)}-${c.slice(4)}${d}`
}

function hex(value: number, digits: number): string {
  return Math.floor(value).toString(16).padStart(digits, '0')
}
