import type { editor, languages, Position, Uri } from 'monaco-editor/editor'
import { isBlank, SKELETON } from '../start/skeleton.ts'
import type { ImportCompletion } from './import-completions.ts'
import { SDK } from './import-fix.ts'
import type { Monaco } from './load-monaco.ts'

/** Behind everything that is in scope already, as TypeScript itself sorts what it would import. */
const AFTER_WHAT_IS_IN_SCOPE = '16'

/** Offers what the SDK has and the text does not import yet; whoever takes a name gets its import too. */
export function offerImports(
  monaco: Monaco,
  language: string,
  ask: (uri: Uri, offset: number) => Promise<readonly ImportCompletion[]>,
): void {
  const { CompletionItemKind } = monaco.languages
  const kinds = {
    class: CompletionItemKind.Class,
    function: CompletionItemKind.Function,
    value: CompletionItemKind.Variable,
    type: CompletionItemKind.Interface,
  }
  monaco.languages.registerCompletionItemProvider(language, {
    async provideCompletionItems(model, position) {
      const range = typedRange(model, position)
      const found = await ask(model.uri, model.getOffsetAt(position))
      if (model.isDisposed()) return { suggestions: [] }
      const suggestions = found.map(({ name, kind, documentation, edit }): languages.CompletionItem => {
        const from = model.getPositionAt(edit.start)
        const to = model.getPositionAt(edit.start + edit.length)
        return {
          label: { label: name, description: SDK },
          kind: kinds[kind],
          detail: `imports it from ${SDK}`,
          documentation,
          insertText: name,
          sortText: AFTER_WHAT_IS_IN_SCOPE,
          range,
          additionalTextEdits: [
            {
              text: edit.newText,
              range: {
                startLineNumber: from.lineNumber,
                startColumn: from.column,
                endLineNumber: to.lineNumber,
                endColumn: to.column,
              },
            },
          ],
        }
      })
      return { suggestions }
    },
  })
}

/** Offers a whole small job where there is nothing yet. */
export function offerSkeleton(monaco: Monaco, language: string): void {
  monaco.languages.registerCompletionItemProvider(language, {
    provideCompletionItems(model, position) {
      const typed = model.getLineContent(position.lineNumber)
      if (!isBlank(model.getValue().replace(typed, '')) || /\W/.test(typed.trim())) return { suggestions: [] }
      return {
        suggestions: [
          {
            label: { label: 'new job', description: 'a source, a step and a sink' },
            kind: monaco.languages.CompletionItemKind.Snippet,
            detail: 'writes a job to begin with',
            documentation: { value: `\`\`\`typescript\n${SKELETON}\`\`\`` },
            insertText: SKELETON,
            sortText: '0',
            range: typedRange(model, position),
          },
        ],
      }
    },
  })
}

function typedRange(model: editor.ITextModel, { lineNumber, column }: Position) {
  const { startColumn } = model.getWordUntilPosition({ lineNumber, column })
  return { startLineNumber: lineNumber, startColumn, endLineNumber: lineNumber, endColumn: column }
}
