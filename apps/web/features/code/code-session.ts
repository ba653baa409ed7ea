import type { Draft, Severity, SourceProblem } from '@weir/proto/web/drafts'
import type { editor, IDisposable } from 'monaco-editor/editor'
import type { CheckAnswer, Checker, CheckState } from './check/checker.ts'
import type { Autosave } from './draft/autosave.ts'
import type { TextEdit } from './monaco/import-fix.ts'
import {
  COLOURS_ONLY,
  type CodeFix,
  LANGUAGE,
  type Monaco,
  type OperatorCall,
  typeScriptOf,
} from './monaco/load-monaco.ts'
import { OperatorParts } from './operator-parts.ts'
import { mergeProblems, operatorProblems, type Problem, type TypeScriptProblem } from './problems/problems.ts'
import { insertPath, insertSample } from './samples/insert-sample.ts'
import type { SampleText } from './samples/sample-source.ts'
import { Store } from './store.ts'

export interface Caret {
  readonly line: number
  readonly column: number
}

/** What is known of the operators of the drawn graph, by uid. */
export type OperatorFacts = ReadonlyMap<string, OperatorCall>

/** Owner of the markers that come from the JobManager, beside TypeScript's own. */
const OWNER = 'weir'
const TYPESCRIPT_OWNER = 'typescript'

export interface CodeSessionParts {
  readonly monaco: Monaco
  readonly draft: Draft
  /** The text to begin with: the draft's, or one that this browser kept. */
  readonly source: string
  readonly autosave: Autosave
  readonly checker: Checker
}

/**
 * One draft on the screen: the model of its text, what is known of it, and the editor that shows it. It tells autosave
 * and checker of every change, turns their answers into markers, and knows which operator the caret is in.
 */
export class CodeSession {
  readonly monaco: Monaco
  readonly autosave: Autosave
  readonly checker: Checker
  readonly model: editor.ITextModel
  readonly caret = new Store<Caret>({ line: 1, column: 1 })
  /** The operator under the caret. */
  readonly operator = new Store<string | null>(null)
  readonly operators = new Store<OperatorFacts>(new Map())
  readonly problems = new Store<readonly Problem[]>([])
  /** Whether Tab moves the focus rather than making room in the text. */
  readonly tabMovesFocus = new Store(false)
  readonly parts: OperatorParts
  /** The check whose operators `parts` and `operators` know: others may have the same uids and be others. */
  #partsOf: CheckAnswer | null = null
  #editor: editor.IStandaloneCodeEditor | null = null
  readonly #disposables: IDisposable[] = []
  #disposed = false

  constructor({ monaco, draft, source, autosave, checker }: CodeSessionParts) {
    this.monaco = monaco
    this.autosave = autosave
    this.checker = checker
    const uri = monaco.Uri.parse(`file:///pipelines/${draft.draftId}/${draft.fileName}`)
    const language = draft.fileName.endsWith('.json') ? 'plaintext' : LANGUAGE
    monaco.editor.getModel(uri)?.dispose()
    this.model = monaco.editor.createModel(source, language, uri)
    this.model.updateOptions({ tabSize: 2, insertSpaces: true })
    this.parts = new OperatorParts(this.model)
    this.#disposables.push(
      this.model,
      this.model.onDidChangeContent(() => this.#changed()),
      monaco.editor.onDidChangeMarkers(uris => {
        if (uris.some(one => one.toString() === uri.toString())) this.#collectProblems()
      }),
      { dispose: checker.state.subscribe(() => void this.#checked()) },
    )
    void this.#checked()
  }

  /** The editor that shows the text from now on. */
  attach(shown: editor.IStandaloneCodeEditor): void {
    this.#editor = shown
    const { tabFocusMode } = this.monaco.editor.EditorOption
    this.#disposables.push(
      shown.onDidChangeCursorPosition(({ position }) => {
        this.caret.set({ line: position.lineNumber, column: position.column })
        this.#findOperator()
      }),
      shown.onDidChangeConfiguration(() => this.tabMovesFocus.set(shown.getOption(tabFocusMode))),
    )
  }

  detach(): void {
    this.#editor = null
  }

  /** Puts the caret there, in sight; `focus` also moves the keyboard there. */
  goTo(line: number, column: number, { focus = true }: { readonly focus?: boolean } = {}): void {
    const shown = this.#editor
    if (shown === null) return
    const position = this.model.validatePosition({ lineNumber: line, column })
    shown.setPosition(position)
    shown.revealPositionInCenterIfOutsideViewport(position)
    if (focus) shown.focus()
  }

  /** After the editor has become smaller: who types there goes on seeing where. */
  keepCaretInSight(): void {
    const shown = this.#editor
    const position = shown?.hasTextFocus() === true ? shown.getPosition() : null
    if (shown === null || position === null) return
    shown.layout()
    shown.revealPosition(position)
  }

  /** Puts the caret on the method of an operator. */
  goToOperator(uid: string, options?: { readonly focus?: boolean }): void {
    // The caret may stand in its part already, where somebody is typing.
    if (this.operator.get() === uid && options?.focus !== true) return
    const place = this.parts.nameOf(uid) ?? this.#placeOf(uid)
    if (place !== null) this.goTo(place.line, place.column, options)
  }

  /** Where the JobManager saw an operator, while the text is the one that it saw. */
  #placeOf(uid: string): { readonly line: number; readonly column: number } | null {
    const { drawn } = this.checker.state.get()
    if (drawn === null || drawn.text !== this.model.getValue()) return null
    return drawn.pipeline.operators.find(operator => operator.uid === uid)?.place ?? null
  }

  focus(): void {
    this.#editor?.focus()
  }

  /** Makes the job read a sample file, beginning at the caret; the caret then stands behind what was written. */
  async insertSample(sample: SampleText): Promise<void> {
    const isJob = this.model.getLanguageId() === LANGUAGE
    const uri = this.model.uri.toString()
    const statements = isJob ? await (await typeScriptOf(this.model.uri)).topStatements(uri) : null
    if (this.#disposed) return
    const { line, column } = this.caret.get()
    const caret = this.model.getOffsetAt({ lineNumber: line, column })
    const text = this.model.getValue()
    const [main, ...others] =
      statements === null ? insertPath(sample, text, caret) : insertSample(sample, text, caret, statements)
    this.#edit([main, ...others])
    const moved = others.filter(({ start }) => start <= main.start)
    const end = moved.reduce((at, edit) => at + edit.newText.length - edit.length, main.start + main.newText.length)
    const after = this.model.getPositionAt(end)
    this.goTo(after.lineNumber, after.column)
  }

  /** The problems that stand on cards of the graph that is drawn. */
  onCards(): readonly SourceProblem[] {
    const { phase, answer, drawn } = this.checker.state.get()
    return operatorProblems(this.problems.get(), {
      operatorAt: (line, column) => (this.#partsOf === drawn ? this.parts.at(line, column) : null),
      isOfGraph: drawn !== null && drawn.text === answer?.text,
      isOfText: phase === 'checked',
    })
  }

  /** Puts another text in the place of this one; undo brings it back. */
  replaceAll(source: string): void {
    if (source === this.model.getValue()) return
    const caret = this.#editor?.getPosition() ?? null
    this.model.pushStackElement()
    this.model.pushEditOperations([], [{ range: this.model.getFullModelRange(), text: source }], () => null)
    this.model.pushStackElement()
    if (caret !== null) this.#editor?.setPosition(this.model.validatePosition(caret))
  }

  undo(): void {
    this.#editor?.trigger('weir', 'undo', null)
  }

  redo(): void {
    this.#editor?.trigger('weir', 'redo', null)
  }

  /** What helps of what TypeScript offers for one of its errors. */
  async fixesOf(problem: Problem): Promise<readonly CodeFix[]> {
    const { code, line, column, endLine, endColumn } = problem
    if (code === null || line === null || column === null || endLine === null || endColumn === null) return []
    const start = this.model.getOffsetAt({ lineNumber: line, column })
    const end = this.model.getOffsetAt({ lineNumber: endLine, column: endColumn })
    const worker = await typeScriptOf(this.model.uri)
    return worker.getCodeFixesAtPosition(this.model.uri.toString(), start, end, [code], FORMAT)
  }

  apply(fix: CodeFix): void {
    this.#edit(fix.changes.flatMap(({ textChanges }) => textChanges.map(({ span, newText }) => ({ ...span, newText }))))
  }

  /** A text beside this one, in its colours: for a comparison. Whoever asks for it disposes of it. */
  otherText(source: string): editor.ITextModel {
    return this.monaco.editor.createModel(source, this.model.getLanguageId() === LANGUAGE ? COLOURS_ONLY : 'plaintext')
  }

  dispose(): void {
    this.#disposed = true
    this.autosave.close()
    this.checker.close()
    for (const one of this.#disposables.reverse()) one.dispose()
  }

  /** As one step of undo. */
  #edit(edits: readonly TextEdit[]): void {
    this.model.pushStackElement()
    this.model.pushEditOperations(
      [],
      edits.map(({ start, length, newText }) => ({ range: this.#range(start, start + length), text: newText })),
      () => null,
    )
    this.model.pushStackElement()
  }

  #changed(): void {
    const text = this.model.getValue()
    this.autosave.edit(text)
    this.checker.edit(text)
  }

  /** The JobManager has said something new of the text. */
  async #checked(): Promise<void> {
    const { phase, answer, drawn } = this.checker.state.get()
    if (phase !== 'checked' || answer === null) return
    const problems = answer.outcome.problems.filter(({ line }) => line !== null)
    this.monaco.editor.setModelMarkers(
      this.model,
      OWNER,
      problems.map(problem => this.#marker(problem)),
    )
    this.#collectProblems()
    if (drawn !== null && drawn.text === answer.text) await this.#readOperators(drawn)
  }

  /** Asks TypeScript about the operators' calls. The places fit the text that was checked, and no other. */
  async #readOperators(drawn: NonNullable<CheckState['drawn']>): Promise<void> {
    const { operators } = drawn.pipeline
    const version = this.model.getVersionId()
    const places = operators.flatMap(({ uid, place }) => (place === null ? [] : [{ uid, ...place }]))
    const worker = await typeScriptOf(this.model.uri)
    const calls = await worker.operatorCalls(this.model.uri.toString(), places)
    if (this.#disposed || this.model.getVersionId() !== version) return
    this.parts.set(calls)
    this.#partsOf = drawn
    this.operators.set(new Map(calls.map(call => [call.uid, call])))
    this.#findOperator()
    this.#collectProblems()
  }

  #findOperator(): void {
    const { line, column } = this.caret.get()
    this.operator.set(this.parts.at(line, column))
  }

  #collectProblems(): void {
    if (this.#disposed) return
    const markers = this.monaco.editor.getModelMarkers({ resource: this.model.uri, owner: TYPESCRIPT_OWNER })
    const typeScript = markers.flatMap(marker => {
      const severity = SEVERITIES[marker.severity]
      return severity === undefined ? [] : [typeScriptProblem(marker, severity)]
    })
    this.problems.set(mergeProblems(typeScript, this.checker.state.get().answer?.outcome.problems ?? []))
  }

  #marker({ severity, message, line, column }: SourceProblem): editor.IMarkerData {
    const position = this.model.validatePosition({ lineNumber: line ?? 1, column: column ?? 1 })
    const word = this.model.getWordAtPosition(position)
    const lineEnd = this.model.getLineMaxColumn(position.lineNumber)
    return {
      severity: Number(Object.entries(SEVERITIES).find(([, one]) => one === severity)?.[0]),
      message,
      source: 'JobManager',
      startLineNumber: position.lineNumber,
      startColumn:
        word?.startColumn ??
        (column === null ? this.model.getLineFirstNonWhitespaceColumn(position.lineNumber) : position.column),
      endLineNumber: position.lineNumber,
      endColumn: word?.endColumn ?? (column === null ? lineEnd : Math.min(position.column + 1, lineEnd)),
    }
  }

  #range(start: number, end: number) {
    const from = this.model.getPositionAt(start)
    const to = this.model.getPositionAt(end)
    return {
      startLineNumber: from.lineNumber,
      startColumn: from.column,
      endLineNumber: to.lineNumber,
      endColumn: to.column,
    }
  }
}

/** By Monaco's numbers. Its hints (an import that is not used) are shown in the text alone. */
const SEVERITIES: Readonly<Record<number, Severity>> = { 8: 'error', 4: 'warning', 2: 'info' }

/** How TypeScript writes what a fix inserts. */
const FORMAT = { indentSize: 2, tabSize: 2, newLineCharacter: '\n', convertTabsToSpaces: true }

function typeScriptProblem(marker: editor.IMarker, severity: Severity): TypeScriptProblem {
  const code = Number(typeof marker.code === 'object' ? marker.code.value : marker.code)
  return {
    severity,
    message: marker.message,
    code: Number.isFinite(code) ? code : null,
    line: marker.startLineNumber,
    column: marker.startColumn,
    endLine: marker.endLineNumber,
    endColumn: marker.endColumn,
  }
}
