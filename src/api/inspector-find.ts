import { z } from 'zod'
import { type FoundClick, findClickIds } from '../store/find-click-ids.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { workspaceOf } from './caller.ts'
import { mayBeClickId } from './may-be-click-id.ts'

const TEXT_CHARS_MAX = 4_096
/** Parts of a pasted text that are looked up; more is no id but a document. */
const PARTS_MAX = 12
const CLICK_IDS = /[0-9a-hjkmnp-tv-z]{26}/g

const foundSchema = z.object({
  items: z.array(
    z.object({
      clickId: z.string().describe("'' for what belongs to no visit"),
      as: z
        .enum(['click', 'hit', 'conversion', 'delivery', 'txid', 'externalId'])
        .describe('What the text was recognised as'),
      id: z.string().describe('Of the hit, conversion or delivery that led there'),
    }),
  ),
})

/** Finds the click that a pasted text is about. */
export function inspectorFindRoutes(app: ApiApp, deps: ApiDeps): void {
  app.get('/api/v1/inspector/find', {
    schema: {
      tags: ['inspector'],
      summary:
        'Which clicks a text means: an id, a transaction number, an external id, or a URL with one of them',
      querystring: z.object({ q: z.string().trim().min(1).max(TEXT_CHARS_MAX) }),
      response: { 200: foundSchema },
    },
    handler: async (request) => {
      const workspace = workspaceOf(request)
      const found: FoundClick[] = []
      for (const part of partsOf(request.query.q)) found.push(...(await find(deps, workspace, part)))
      return { items: withoutRepeats(found) }
    },
  })
}

async function find(deps: ApiDeps, workspace: string, text: string): Promise<readonly FoundClick[]> {
  const found = await findClickIds(deps.store.db, workspace, text)
  if (found.some(({ as }) => as === 'click') || !mayBeClickId(text, deps.clock())) return found
  const rows = await deps.visitRows(workspace, text)
  return rows.length === 0 ? found : [{ clickId: text, as: 'click', id: text }, ...found]
}

/** The text itself, what looks like a click id in it, and the values of its parameters when it is a URL. */
function partsOf(text: string): readonly string[] {
  const url = URL.parse(text)
  const values = url === null ? [] : [...url.searchParams.values()]
  const parts = [text, ...(text.match(CLICK_IDS) ?? []), ...values].filter((part) => part !== '')
  return [...new Set(parts)].slice(0, PARTS_MAX)
}

function withoutRepeats(found: readonly FoundClick[]): FoundClick[] {
  return [...new Map(found.map((one) => [`${one.as} ${one.id}`, one])).values()]
}
