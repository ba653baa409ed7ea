export type Color = (text: string) => string
export function colorsFor(stream: NodeJS.WriteStream): {
  readonly bold: Color
  readonly dim: Color
  readonly red: Color
  readonly green: Color
  readonly yellow: Color
  readonly cyan: Color
}
export function duration(ms: number): string
export class Steps {
  constructor(stream?: NodeJS.WriteStream)
  run<T>(name: string, work: (note: (text: string) => void) => Promise<T> | T): Promise<T>
}
