import type { Flow, FlowPath } from '../domain/flow.ts'
import type { Db } from '../store/transaction.ts'

/** Ids of one question: both engines' limits of parameters are far above it. */
const IDS_PER_QUERY = 500

/** A path of a flow and where it stands, e.g. `rules.0.paths.1`. */
export type ListedPath = { readonly field: string; readonly path: FlowPath }

export function listPaths(flow: Pick<Flow, 'rules' | 'paths'>): readonly ListedPath[] {
  const listed = (paths: readonly FlowPath[], field: string) =>
    paths.map((path, index) => ({ field: `${field}.${index}`, path }))
  const ofRules = flow.rules.flatMap((rule, index) => listed(rule.paths, `rules.${index}.paths`))
  return [...ofRules, ...listed(flow.paths, 'paths')]
}

export function offerIdsOf(flow: Pick<Flow, 'rules' | 'paths'>): readonly string[] {
  return [...new Set(listPaths(flow).flatMap(({ path }) => path.offers.map(({ id }) => id)))]
}

export function landerIdsOf(flow: Pick<Flow, 'rules' | 'paths'>): readonly string[] {
  return [...new Set(listPaths(flow).flatMap(({ path }) => path.landers.map(({ id }) => id)))]
}

/** The rows of the workspace with these ids that are in use. */
export async function loadInUse(
  db: Db,
  table: 'offers' | 'landers',
  wanted: { readonly workspace: string; readonly ids: readonly string[] },
): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for (const ids of inPieces(wanted.ids)) {
    const rows = await db
      .selectFrom(table)
      .select('id')
      .where('workspace', '=', wanted.workspace)
      .where('id', 'in', ids)
      .where('archived_at', 'is', null)
      .execute()
    for (const { id } of rows) found.add(id)
  }
  return found
}

/** The ids in lists that one statement takes. */
export function inPieces(ids: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(ids.length / IDS_PER_QUERY)
  return Array.from({ length: count }, (_, n) => ids.slice(n * IDS_PER_QUERY, (n + 1) * IDS_PER_QUERY))
}
