import type { Locator } from '@playwright/test'
import type { Page } from './browser.ts'

/** The page of a pipeline's code, as somebody works with it who uses the keyboard in the editor. */
export class CodeEditor {
  readonly page: Page
  /** What takes the keys. */
  readonly input: Locator
  /** The rows of the list that Monaco opens while one types. */
  readonly suggestions: Locator
  readonly problems: Locator

  constructor(page: Page) {
    this.page = page
    this.input = page.getByRole('textbox', { name: /^Code of / })
    this.suggestions = page.locator('.suggest-widget.visible .monaco-list-row')
    this.problems = page.getByRole('list', { name: 'Problems', exact: true })
  }

  /** Waits until the text is there and the JobManager has looked at it. */
  async ready(): Promise<void> {
    // What takes the keys has no size.
    await this.input.waitFor({ state: 'attached' })
    await this.checked()
  }

  async checked(): Promise<void> {
    await this.page.getByText(/^Checked on the JobManager/).waitFor()
  }

  async saved(): Promise<void> {
    await this.page.getByText(/^saved/).waitFor()
  }

  get draftId(): string {
    return new URL(this.page.url()).pathname.split('/').at(-1) ?? ''
  }

  /** Selects the first place of a text, by the editor's own search. */
  async select(text: string): Promise<void> {
    const { keyboard } = this.page
    await this.input.focus()
    await keyboard.press('Control+Home')
    await keyboard.press('Control+f')
    const find = this.page.getByRole('textbox', { name: 'Find', exact: true })
    await find.fill(text)
    await this.page.locator('.find-widget.visible .matchesCount', { hasText: /^1 of [1-9]/ }).waitFor()
    await this.#leaveFind(find)
  }

  /**
   * One Escape in a hundred closes something else that has just opened, or finds the focus elsewhere; a person presses it
   * again, in the box.
   */
  async #leaveFind(find: Locator): Promise<void> {
    const widget = this.page.locator('.find-widget.visible')
    for (let tries = 0; tries < 3; tries++) {
      if ((await widget.count()) > 0) await find.press('Escape')
      const left = await widget.waitFor({ state: 'detached', timeout: 3_000 }).then(
        () => true,
        () => false,
      )
      if (left) return
      const focus = await this.page.evaluate<string>('document.activeElement.outerHTML.slice(0, 300)')
      console.log(`Escape did not close the editor's search; the focus is in ${focus}`)
    }
    await widget.waitFor({ state: 'detached' })
  }

  /** Puts other text in the place of the first `text`. */
  async replace(text: string, by: string): Promise<void> {
    await this.select(text)
    await this.page.keyboard.insertText(by)
  }

  /** Takes all of the text away. */
  async clear(): Promise<void> {
    await this.input.focus()
    await this.page.keyboard.press('Control+a')
    await this.page.keyboard.press('Delete')
  }

  /** Types a word and takes the suggestion of that name. */
  async complete(begin: string, name: string): Promise<void> {
    const { keyboard } = this.page
    await keyboard.type(begin)
    await this.suggested(name)
    await keyboard.press('Enter')
  }

  /**
   * Waits until the list offers `name`. Who types faster than TypeScript has begun gets no list until the next key, and
   * asks for it.
   */
  async suggested(name: string): Promise<void> {
    const offered = this.suggestions.filter({ hasText: name }).first()
    for (let tries = 0; tries < 5; tries++) {
      const seen = await offered.waitFor({ timeout: 5_000 }).then(
        () => true,
        () => false,
      )
      if (seen) return
      await this.page.keyboard.press('Control+Space')
    }
    await offered.waitFor()
  }

  /** The lines in sight. */
  async text(): Promise<string> {
    const lines = await this.page.locator('.view-lines').first().locator('.view-line').allInnerTexts()
    return lines.join('\n').replaceAll('\u00a0', ' ')
  }

  /** A line in sight that holds this text. */
  line(text: string): Locator {
    return this.page.locator('.view-line', { hasText: text }).first()
  }
}
