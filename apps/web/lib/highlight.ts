export type TokenKind = 'plain' | 'keyword' | 'string' | 'number' | 'comment' | 'type' | 'call'

export interface Token {
  readonly kind: TokenKind
  readonly text: string
}

const KEYWORDS = new Set(
  (
    'abstract as async await break case catch class const continue default delete do else export extends false finally for ' +
    'from function if implements import in instanceof interface let new null of private public readonly return satisfies ' +
    'static super switch this throw true try type typeof undefined var void while yield'
  ).split(' '),
)

/** One branch per kind, in the order of precedence; what no branch takes is plain. */
const TOKEN =
  /(?<comment>\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<string>'(?:\\.|[^'\\\n])*'?|"(?:\\.|[^"\\\n])*"?|`(?:\\[\s\S]|[^`\\])*`?)|(?<number>\b\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?n?\b)|(?<word>[A-Za-z_$][\w$]*)(?<call>\s*\()?/g

/**
 * TypeScript as lines of coloured pieces, for reading. A look at words and literals, not a parser: regular expressions
 * and markup inside template strings stay as they are. Joined, the pieces are the source again.
 */
export function highlight(source: string): readonly (readonly Token[])[] {
  const lines: Token[][] = [[]]
  const push = (kind: TokenKind, text: string) => {
    for (const [at, part] of text.split('\n').entries()) {
      if (at > 0) lines.push([])
      if (part !== '') lines.at(-1)!.push({ kind, text: part })
    }
  }
  let end = 0
  for (const match of source.matchAll(TOKEN)) {
    const { comment, string, number, word, call } = match.groups!
    if (match.index > end) push('plain', source.slice(end, match.index))
    if (comment !== undefined) push('comment', comment)
    else if (string !== undefined) push('string', string)
    else if (number !== undefined) push('number', number)
    else if (word !== undefined) {
      push(wordKind(word, call !== undefined), word)
      if (call !== undefined) push('plain', call)
    }
    end = match.index + match[0].length
  }
  if (end < source.length) push('plain', source.slice(end))
  return lines
}

function wordKind(word: string, called: boolean): TokenKind {
  if (KEYWORDS.has(word)) return 'keyword'
  if (/^[A-Z]/.test(word)) return 'type'
  return called ? 'call' : 'plain'
}
