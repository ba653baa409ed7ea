import type { editor } from 'monaco-editor/editor'
import type { Monaco } from './load-monaco.ts'

type Scheme = 'light' | 'dark'

/** Monaco's colours by the tokens of the design system. Its own defaults stay for what is not listed. */
const COLOURS: Readonly<Record<string, string>> = {
  'editor.background': '--surface',
  'editor.foreground': '--text',
  'editor.lineHighlightBackground': '--code-line',
  'editor.lineHighlightBorder': '--code-line',
  'editorCursor.foreground': '--accent',
  'editorLineNumber.foreground': '--text-3',
  'editorLineNumber.activeForeground': '--text',
  'editorIndentGuide.background1': '--line',
  'editorIndentGuide.activeBackground1': '--line-strong',
  'editorWhitespace.foreground': '--line-strong',
  'editorError.foreground': '--err-mark',
  'editorWarning.foreground': '--warn-mark',
  'editorInfo.foreground': '--quiet-mark',
  'editorBracketMatch.border': '--line-strong',
  'editorBracketMatch.background': '--quiet-soft',
  'editorBracketHighlight.foreground1': '--text',
  'editorBracketHighlight.foreground2': '--text',
  'editorBracketHighlight.foreground3': '--text',
  'editorGutter.background': '--surface',
  'editorWidget.background': '--floating',
  'editorWidget.foreground': '--text',
  'editorWidget.border': '--line-strong',
  'editorHoverWidget.background': '--floating',
  'editorHoverWidget.foreground': '--text',
  'editorHoverWidget.border': '--line-strong',
  'editorHoverWidget.highlightForeground': '--accent-text',
  'editorSuggestWidget.background': '--floating',
  'editorSuggestWidget.foreground': '--text',
  'editorSuggestWidget.border': '--line-strong',
  'editorSuggestWidget.selectedBackground': '--accent-soft',
  'editorSuggestWidget.selectedForeground': '--text',
  'editorSuggestWidget.selectedIconForeground': '--accent-text',
  'editorSuggestWidget.highlightForeground': '--accent-text',
  'editorSuggestWidget.focusHighlightForeground': '--accent-text',
  'editorSuggestWidgetStatus.foreground': '--text-2',
  'editorStickyScroll.background': '--surface',
  'editorStickyScrollHover.background': '--surface-hover',
  'list.hoverBackground': '--surface-hover',
  'list.focusBackground': '--accent-soft',
  'list.focusForeground': '--text',
  'list.highlightForeground': '--accent-text',
  'input.background': '--surface',
  'input.foreground': '--text',
  'input.border': '--control-line',
  'input.placeholderForeground': '--text-3',
  'quickInput.background': '--floating',
  'quickInput.foreground': '--text',
  'menu.background': '--floating',
  'menu.foreground': '--text',
  'menu.selectionBackground': '--accent-soft',
  'menu.selectionForeground': '--text',
  'textLink.foreground': '--accent-text',
  'textLink.activeForeground': '--accent-text',
  'textCodeBlock.background': '--sunken',
  'diffEditor.border': '--line-strong',
  'peekViewEditor.background': '--sunken',
  'peekViewResult.background': '--surface',
  'peekViewTitle.background': '--surface',
  'peekView.border': '--accent',
  focusBorder: '--accent',
  'widget.border': '--line-strong',
}

/** Colours with a part of transparency: they lie under or over text. */
const TINTS: Readonly<Record<string, readonly [token: string, alpha: number]>> = {
  'editor.selectionBackground': ['--accent', 0.22],
  'editor.inactiveSelectionBackground': ['--accent', 0.12],
  'editor.wordHighlightBackground': ['--accent', 0.1],
  'editor.wordHighlightStrongBackground': ['--accent', 0.16],
  'editor.findMatchBackground': ['--bp', 0.4],
  'editor.findMatchHighlightBackground': ['--bp', 0.2],
  'diffEditor.insertedTextBackground': ['--ok-mark', 0.14],
  'diffEditor.removedTextBackground': ['--err-mark', 0.14],
  'diffEditor.insertedLineBackground': ['--ok-mark', 0.07],
  'diffEditor.removedLineBackground': ['--err-mark', 0.07],
  'scrollbarSlider.background': ['--text-3', 0.25],
  'scrollbarSlider.hoverBackground': ['--text-3', 0.4],
  'scrollbarSlider.activeBackground': ['--text-3', 0.55],
  'widget.shadow': ['--text', 0.12],
}

const WORDS: Readonly<Record<string, string>> = {
  '': '--text',
  keyword: '--code-kw',
  string: '--code-str',
  'string.escape': '--code-num',
  regexp: '--code-str',
  number: '--code-num',
  function: '--code-fn',
  'type.identifier': '--code-type',
  identifier: '--text',
  delimiter: '--text',
  comment: '--code-com',
  'comment.compared': '--text-2',
  'comment.doc.compared': '--text-2',
}

/** Keeps Monaco in the colours that the page shows, by switch and by system. */
export function followTheme(monaco: Monaco): void {
  const apply = (): void => {
    const scheme = shownScheme()
    // The tokens can be read only as they are shown: the build resolves `light-dark()` at the root of the page.
    monaco.editor.defineTheme(themeName(scheme), themeOf(scheme))
    monaco.editor.setTheme(themeName(scheme))
  }
  apply()
  new MutationObserver(apply).observe(document.documentElement, { attributeFilter: ['data-theme'] })
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', apply)
}

function themeName(scheme: Scheme): string {
  return `weir-${scheme}`
}

function shownScheme(): Scheme {
  const chosen = document.documentElement.dataset.theme
  if (chosen === 'light' || chosen === 'dark') return chosen
  return window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}

function themeOf(scheme: Scheme): editor.IStandaloneThemeData {
  const probe = new ColourProbe()
  try {
    return {
      base: scheme === 'light' ? 'vs' : 'vs-dark',
      inherit: true,
      rules: Object.entries(WORDS).map(([token, name]) => ({ token, foreground: probe.hex(name).slice(1) })),
      colors: Object.fromEntries([
        ...Object.entries(COLOURS).map(([key, name]) => [key, probe.hex(name)]),
        ...Object.entries(TINTS).map(([key, [name, alpha]]) => [key, probe.hex(name, alpha)]),
      ]),
    }
  } finally {
    probe.remove()
  }
}

/** Reads tokens as colours: a custom property itself only gives back the text `light-dark(…)`. */
class ColourProbe {
  readonly #element: HTMLElement

  constructor() {
    this.#element = document.createElement('span')
    this.#element.hidden = true
    document.body.append(this.#element)
  }

  hex(token: string, alpha = 1): string {
    this.#element.style.color = `var(${token})`
    return hexOf(getComputedStyle(this.#element).color, alpha)
  }

  remove(): void {
    this.#element.remove()
  }
}

/** `rgb(10, 107, 120)` as `#0a6b78`, with two more digits where it is not opaque. */
export function hexOf(rgb: string, alpha = 1): string {
  const numbers = (rgb.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number)
  if (numbers.length < 3) throw new Error(`"${rgb}" is no colour`)
  const parts = alpha === 1 ? numbers : [...numbers, alpha * 255]
  return `#${parts.map(part => Math.round(part).toString(16).padStart(2, '0')).join('')}`
}
