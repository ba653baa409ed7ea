export const PANEL_TABS = ['problems', 'samples', 'output'] as const
export type PanelTab = (typeof PANEL_TABS)[number]
/** `none`: only the line of its tabs is there. */
export type ShownPanel = PanelTab | 'none'

/** What the panel shows by itself: the problems while there are any, else nothing, so that the code has the room. */
function ownTab(hasProblems: boolean): ShownPanel {
  return hasProblems ? 'problems' : 'none'
}

/** What the panel shows. `choice`: of the user, from the address; null without one. `hasProblems`: notes are none. */
export function panelOf(choice: string | null, hasProblems: boolean): ShownPanel {
  if (choice === 'none') return choice
  return PANEL_TABS.find(tab => tab === choice) ?? ownTab(hasProblems)
}

/** The choice to keep when somebody asks for a tab: none where the panel would show that by itself. */
export function choiceOf(wanted: ShownPanel, hasProblems: boolean): ShownPanel | null {
  return wanted === ownTab(hasProblems) ? null : wanted
}
