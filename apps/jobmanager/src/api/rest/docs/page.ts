import type { FastifyReply } from 'fastify'

/** Pages of ours need their style sheet and nothing else: no script, no image, no other host. */
const PAGE_POLICY = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

export const STYLE_PATH = '/docs/style.css'

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}

/** Sends a page. `title` is plain text; `body` is HTML whose texts have been escaped. */
export function sendPage(reply: FastifyReply, title: string, body: readonly string[]): FastifyReply {
  const html = [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(title)} – Weir</title>`,
    `<link rel="stylesheet" href="${STYLE_PATH}">`,
    '</head>',
    '<body>',
    ...body,
    '</body>',
    '</html>',
  ].join('\n')
  return reply
    .header('content-security-policy', PAGE_POLICY)
    .type('text/html; charset=utf-8')
    .serializer((text: unknown) => String(text))
    .send(html)
}

export const STYLE = `:root { color-scheme: light dark; --line: light-dark(#d9dde3, #363c46); --soft: light-dark(#f5f6f8, #1b1f26);
  --text: light-dark(#1c2128, #e4e7ec); --quiet: light-dark(#59636e, #9aa4b2); --link: light-dark(#0b57b7, #79b0ff); }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 6rem; max-width: 64rem; color: var(--text); background: light-dark(#fff, #12151a);
  font: 16px/1.55 system-ui, sans-serif; }
a { color: var(--link); }
h1 { font-size: 1.8rem; margin: 0 0 .5rem; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
p { margin: .5rem 0; max-width: 48rem; }
code, pre { font: .875rem/1.5 ui-monospace, monospace; }
code { background: var(--soft); padding: .1em .3em; border-radius: 4px; }
pre { background: var(--soft); padding: .75rem 1rem; border-radius: 6px; overflow-x: auto; margin: .5rem 0; }
pre code { padding: 0; background: none; }
nav ul { columns: 2 22rem; padding-left: 1.25rem; }
details { border: 1px solid var(--line); border-radius: 6px; margin: .5rem 0; padding: 0 1rem; }
details[open] { padding-bottom: .75rem; }
summary { cursor: pointer; padding: .55rem 0; display: flex; gap: .75rem; align-items: baseline; flex-wrap: wrap; }
summary:focus-visible, a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
summary .method { font-weight: 600; min-width: 4.5rem; }
summary .what { color: var(--quiet); }
.quiet { color: var(--quiet); }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; display: block; overflow-x: auto; }
th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); }
`
