/** A colour of the tokens in both themes, as `#rrggbb`. */
export interface ThemedColor {
  readonly light: string
  readonly dark: string
}

/** The colours of a token file that stand as `light-dark(#…, #…)`, by their names. */
export function parseTokens(css: string): ReadonlyMap<string, ThemedColor> {
  const found = css.matchAll(/(--[\w-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)/gi)
  return new Map([...found].map(([, name, light, dark]) => [name!, { light: light!, dark: dark! }]))
}

/** The contrast of two colours by WCAG 2: 1 (none) to 21. */
export function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (light! + 0.05) / (dark! + 0.05)
}

function luminance(hex: string): number {
  const channel = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}
