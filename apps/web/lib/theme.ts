/** Follows the system, or one of the two always. */
export type Theme = 'system' | 'light' | 'dark'

/** The cookie that keeps the choice: read by the server, so that the first picture has the right colours. */
export const THEME_COOKIE = 'weir_theme'

/** The cookie that keeps whether the navigation is narrow. */
export const NAV_COOKIE = 'weir_nav'

export function themeOf(value: string | undefined): Theme {
  return value === 'light' || value === 'dark' ? value : 'system'
}
