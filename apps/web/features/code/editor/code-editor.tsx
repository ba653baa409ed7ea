'use client'
import { useEffect, useRef } from 'react'
import { cx } from '@/ui'
import type { CodeSession } from '../code-session.ts'
import styles from './code-editor.module.css'
import { leaveTabTrap } from './tab-trap.ts'

/** Monaco on the session's text. */
export function CodeEditor({ session, name }: { readonly session: CodeSession; readonly name: string }) {
  const place = useRef<HTMLDivElement>(null)

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new name is told to the editor below
  useEffect(() => {
    // Closed already, and about to be replaced: see useCodeSession.
    if (session.model.isDisposed()) return
    const { monaco } = session
    const editor = monaco.editor.create(place.current!, {
      model: session.model,
      ariaLabel: ariaLabelOf(name),
      automaticLayout: true,
      fontFamily: getComputedStyle(place.current!).fontFamily,
      fontSize: 13,
      lineHeight: 20,
      fontLigatures: false,
      minimap: { enabled: false },
      padding: { top: 8, bottom: 24 },
      lineNumbersMinChars: 3,
      lineDecorationsWidth: 12,
      scrollBeyondLastLine: false,
      renderLineHighlight: 'all',
      renderFinalNewline: 'on',
      roundedSelection: false,
      overviewRulerBorder: false,
      hideCursorInOverviewRuler: true,
      scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10, useShadows: false },
      bracketPairColorization: { enabled: false },
      stickyScroll: { enabled: false },
      wordBasedSuggestions: 'off',
      // A word that is typed to its end is not completed by Enter, which then begins a line.
      acceptSuggestionOnEnter: 'smart',
      quickSuggestions: { other: true, strings: true, comments: false },
      // Details stand beside the list (Ctrl+Space), not in its rows, whose names they would not fit.
      suggest: { showWords: false, preview: false, showInlineDetails: false },
      // Menus and hovers may be larger than the pane.
      fixedOverflowWidgets: true,
      formatOnPaste: true,
      tabSize: 2,
      occurrencesHighlight: 'singleFile',
      unicodeHighlight: { ambiguousCharacters: true },
    })
    const trap = leaveTabTrap(monaco, editor)
    session.attach(editor)
    return () => {
      session.detach()
      trap.dispose()
      editor.dispose()
    }
  }, [session])

  useEffect(() => {
    const shown = session.monaco.editor.getEditors().find(one => one.getModel() === session.model)
    shown?.updateOptions({ ariaLabel: ariaLabelOf(name) })
  }, [session, name])

  // React Flow takes keys of the whole page, Space among them, but for what stands in this class of its own.
  return <div ref={place} className={cx(styles.editor, 'nokey')} />
}

function ariaLabelOf(name: string): string {
  return `Code of ${name}. Tab indents; press Escape, then Tab moves the focus on.`
}
