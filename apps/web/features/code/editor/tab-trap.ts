import type { editor, IDisposable } from 'monaco-editor/editor'
import type { Monaco } from '../monaco/load-monaco.ts'

/** Everything that Escape closes or gives up first. */
const NOTHING_ELSE_TO_LEAVE = [
  'editorTextFocus',
  '!suggestWidgetVisible',
  '!findWidgetVisible',
  '!parameterHintsVisible',
  '!renameInputVisible',
  '!markersNavigationVisible',
  '!inSnippetMode',
  '!editorHasMultipleSelections',
  '!editorHasSelection',
  '!editorHoverVisible',
  '!messageVisible',
  '!inReferenceSearchEditor',
  '!CodeActionMenuVisible',
].join(' && ')

/**
 * In the editor Tab makes room in the text. Escape, when there is nothing else to leave, lets Tab and Shift+Tab move the
 * focus instead, until something is typed or the editor is entered again. Monaco's own way (Ctrl+M, on a Mac ⌃⇧M) stays.
 */
export function leaveTabTrap(monaco: Monaco, shown: editor.IStandaloneCodeEditor): IDisposable {
  const set = (tabFocusMode: boolean) => shown.updateOptions({ tabFocusMode })
  const disposables: readonly IDisposable[] = [
    shown.addAction({
      id: 'weir.leaveTabTrap',
      label: 'Let Tab move the focus',
      keybindings: [monaco.KeyCode.Escape],
      precondition: NOTHING_ELSE_TO_LEAVE,
      run: () => set(true),
    }),
    shown.onDidBlurEditorWidget(() => set(false)),
    shown.onDidChangeModelContent(() => set(false)),
  ]
  return {
    dispose() {
      for (const one of disposables) one.dispose()
    },
  }
}
