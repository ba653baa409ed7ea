/** The id of the place for what floats over a page. It stands inside a landmark, so that screen readers find it. */
export const PORTAL_ID = 'floating'

/** Where menus and tooltips are put; the end of the body where a page has no such place. */
export function portalContainer(): HTMLElement | undefined {
  return typeof document === 'undefined' ? undefined : (document.getElementById(PORTAL_ID) ?? undefined)
}
