import { WeirError } from '@weir/engine/base/errors'
import { adminTokenFile } from '@weir/process/credentials'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { CliContext } from '../context.ts'
import { table } from '../output/table.ts'
import { ago, parseDuration } from '../output/texts.ts'
import { jsonOption } from './options.ts'

const ROLES = ['viewer', 'operator', 'developer', 'admin']
const DEFAULT_LIFE_MS = 90 * 86_400_000

interface CreateOptions {
  readonly role: string
  readonly seeRecords?: boolean
  readonly expires?: number | null
  readonly json?: boolean
}

export function addToken(program: Command, context: CliContext): void {
  const token = program
    .command('token')
    .description('print the token that this command line uses; make, list and revoke others')
    .addOption(jsonOption())
    .action(({ json }: { json?: boolean }) => {
      const own = context.token()
      if (own === null) {
        throw new WeirError(
          'UNAUTHENTICATED',
          `there is no token: WEIR_TOKEN is not set, and ${adminTokenFile(context.settings)} is not there (or not for ` +
            `${context.settings.url}); "npm start" makes it`,
        )
      }
      if (json) context.printJson({ token: own })
      else context.print(own)
    })

  token
    .command('create')
    .description('make a token with fewer rights; it is shown this once')
    .argument('<name>', 'what it is for')
    .addOption(new Option('--role <role>', 'what it may do; must be given').choices(ROLES).makeOptionMandatory())
    .option('--see-records', 'let a viewer or operator see records too')
    .addOption(new Option('--expires <time>', 'when it ends: 12h, 30d, or never (default: 90d)').argParser(parseExpiry))
    .addOption(jsonOption())
    .action(async (name: string, options: CreateOptions) => {
      const created = await context.client().createToken({
        name,
        role: options.role,
        see_records: options.seeRecords === true,
        expires_in_ms: options.expires === undefined ? DEFAULT_LIFE_MS : options.expires,
      })
      if (isJson(token, options)) return context.printJson(created)
      context.print(created.token)
      const end = created.expires_at === null ? 'until it is revoked' : `until ${created.expires_at}`
      context.note(`${created.id} (${created.role}) works ${end}. It is not shown again.`)
    })

  token
    .command('list')
    .description('list the tokens, without their secrets')
    .addOption(jsonOption())
    .action(async (options: { json?: boolean }) => {
      const tokens = await context.client().listTokens()
      if (isJson(token, options)) return context.printJson(tokens)
      if (tokens.length === 0) return context.note('no tokens but the admin token of the cluster')
      const now = Date.now()
      const rows = tokens.map(row => [
        row.id,
        context.outText(row.name),
        `${row.role ?? 'none'}${row.see_records ? ' + records' : ''}`,
        ago(row.created_at, now),
        row.expires_at === null ? 'never' : row.expires_at,
        row.last_used_at === null ? 'never' : ago(row.last_used_at, now),
      ])
      const titles = ['TOKEN', 'NAME', 'ROLE', 'MADE', 'EXPIRES', 'LAST USED']
      for (const line of table(
        titles.map(title => ({ title })),
        rows,
      )) {
        context.print(line)
      }
    })

  token
    .command('revoke')
    .description('end a token at once')
    .argument('<id>', 'the token, as "weir token list" names it')
    .addOption(jsonOption())
    .action(async (id: string, options: { json?: boolean }) => {
      await context.client().revokeToken(id)
      if (isJson(token, options)) context.printJson({ id, revoked: true })
      else context.print(`${id} revoked`)
    })
}

/** `weir token --json list` and `weir token list --json` mean the same. */
function isJson(parent: Command, options: { json?: boolean }): boolean {
  return options.json === true || parent.opts<{ json?: boolean }>().json === true
}

/** Null: never. */
function parseExpiry(text: string): number | null {
  if (text === 'never') return null
  const ms = parseDuration(text)
  if (ms === null || ms < 1000)
    throw new InvalidArgumentError('It must be a time such as 45s, 90min, 12h, 30d, or never.')
  return ms
}
