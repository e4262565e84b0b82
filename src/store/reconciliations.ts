import type { Selectable } from 'kysely'
import { newRecordId } from './ids.ts'
import { inChunks } from './in-chunks.ts'
import { newestPage } from './newest-page.ts'
import type { OwnedId } from './owned.ts'
import type { Page, PageRequest } from './page.ts'
import type { Database } from './schema.ts'
import type { ReconciliationKind } from './schema-network.ts'
import { type Db, inTransaction } from './transaction.ts'

export const RECONCILIATION_KINDS = [
  'found',
  'different',
  'missing',
  'unknown',
  'problem',
] as const satisfies readonly ReconciliationKind[]

/** An advertiser's own list of conversions beside ours: first compared, then applied by a job. */
export type Reconciliation = {
  readonly id: string
  readonly workspace: string
  readonly advertiserId: string
  readonly name: string
  /** Of our conversions that it is about, Unix milliseconds; the end is exclusive. */
  readonly periodFrom: number
  readonly periodTo: number
  readonly state: 'preview' | 'applied'
  /** Of the last one that applies it; '' until then. */
  readonly jobId: string
  readonly summary: ReconciliationSummary
  /** `user:ID` or `key:ID`. */
  readonly actor: string
  readonly createdAt: number
  readonly updatedAt: number
}

/** Amounts are decimal strings in the workspace's currency. */
export type ReconciliationSummary = {
  /** What the amounts of the file are. */
  readonly amountIs: 'sale' | 'revenue'
  readonly currency: string
  readonly kinds: Readonly<Record<ReconciliationKind, ReconciliationSum>>
}

export type ReconciliationSum = { readonly rows: number; readonly ours: string; readonly theirs: string }

export type ReconciliationRow = {
  /** Line of the file, from 1; those that the file misses follow. */
  readonly n: number
  readonly kind: ReconciliationKind
  /** '' for unknown ones and problems. */
  readonly conversionId: string
  /** What the advertiser's line said, under our names; empty for missing ones. */
  readonly params: Readonly<Record<string, string>>
  readonly detail: string
  /** '' until it is applied. */
  readonly outcome: string
}

export function newReconciliationId(now: number): string {
  return newRecordId(now)
}

/** Belong to nothing that anybody sees until `insertReconciliation`. */
export async function insertReconciliationRows(
  db: Db,
  reconciliationId: string,
  rows: readonly Omit<ReconciliationRow, 'outcome'>[],
): Promise<void> {
  const all = rows.map(({ n, kind, conversionId, params, detail }) => ({
    reconciliation_id: reconciliationId,
    n,
    kind,
    conversion_id: conversionId,
    params_json: JSON.stringify(params),
    detail,
    outcome: '',
  }))
  await inTransaction(db, async (trx) => {
    await inChunks(all, async (chunk) => {
      await trx.insertInto('reconciliation_rows').values(chunk).execute()
    })
  })
}

export async function deleteReconciliationRows(db: Db, reconciliationId: string): Promise<void> {
  await db.deleteFrom('reconciliation_rows').where('reconciliation_id', '=', reconciliationId).execute()
}

/** After its rows: it is seen with all of them or not at all. */
export async function insertReconciliation(db: Db, reconciliation: Reconciliation): Promise<void> {
  const { id, workspace, name, state, actor } = reconciliation
  await db
    .insertInto('reconciliations')
    .values({
      id,
      workspace,
      advertiser_id: reconciliation.advertiserId,
      name,
      period_from: reconciliation.periodFrom,
      period_to: reconciliation.periodTo,
      state,
      job_id: reconciliation.jobId,
      summary_json: JSON.stringify(reconciliation.summary),
      actor,
      created_at: reconciliation.createdAt,
      updated_at: reconciliation.updatedAt,
    })
    .execute()
}

export async function getReconciliation(db: Db, key: OwnedId): Promise<Reconciliation | undefined> {
  const row = await db
    .selectFrom('reconciliations')
    .selectAll()
    .where('id', '=', key.id)
    .where('workspace', '=', key.workspace)
    .executeTakeFirst()
  return row === undefined ? undefined : toReconciliation(row)
}

/** Newest first. */
export async function listReconciliations(
  db: Db,
  workspace: string,
  page: PageRequest,
): Promise<Page<Reconciliation>> {
  return await newestPage(db, 'reconciliations', toReconciliation, { workspace, page })
}

/** The job's from now on. The caller holds a lock, so that two never apply it at once. */
export async function markReconciliationApplied(
  db: Db,
  key: OwnedId & { readonly jobId: string },
  now: number,
): Promise<void> {
  await db
    .updateTable('reconciliations')
    .set({ state: 'applied', job_id: key.jobId, updated_at: now })
    .where('id', '=', key.id)
    .where('workspace', '=', key.workspace)
    .execute()
}

export type ReconciliationRowFilter = {
  /** Absent: every kind. */
  readonly kinds?: readonly ReconciliationKind[] | undefined
  /** Those that were not applied. */
  readonly isOpen?: boolean
  readonly outcome?: string | undefined
}

/** In their order, after the row. */
export async function listReconciliationRows(
  db: Db,
  reconciliationId: string,
  filter: ReconciliationRowFilter,
  page: { readonly after: number; readonly limit: number },
): Promise<readonly ReconciliationRow[]> {
  const rows = await rowsThatFit(db, reconciliationId, filter)
    .selectAll()
    .where('n', '>', page.after)
    .orderBy('n')
    .limit(page.limit)
    .execute()
  return rows.map(toRow)
}

export async function countReconciliationRows(
  db: Db,
  reconciliationId: string,
  filter: ReconciliationRowFilter,
): Promise<number> {
  const { count } = await rowsThatFit(db, reconciliationId, filter)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** How many rows of those applied so far came to what. */
export async function countReconciliationOutcomes(
  db: Db,
  reconciliationId: string,
): Promise<Readonly<Record<string, number>>> {
  const groups = await rowsThatFit(db, reconciliationId, {})
    .select((eb) => ['outcome', eb.fn.countAll<number>().as('rows')])
    .where('outcome', '!=', '')
    .groupBy('outcome')
    .execute()
  return Object.fromEntries(groups.map(({ outcome, rows }) => [outcome, Number(rows)]))
}

/** What became of rows. */
export async function saveReconciliationOutcomes(
  db: Db,
  reconciliationId: string,
  rows: readonly Pick<ReconciliationRow, 'n' | 'outcome' | 'detail'>[],
): Promise<void> {
  await inTransaction(db, async (trx) => {
    for (const { n, outcome, detail } of rows) {
      await trx
        .updateTable('reconciliation_rows')
        .set({ outcome, detail })
        .where('reconciliation_id', '=', reconciliationId)
        .where('n', '=', n)
        .execute()
    }
  })
}

function rowsThatFit(db: Db, reconciliationId: string, filter: ReconciliationRowFilter) {
  const { kinds, isOpen, outcome } = filter
  let query = db.selectFrom('reconciliation_rows').where('reconciliation_id', '=', reconciliationId)
  if (kinds !== undefined) query = query.where('kind', 'in', kinds)
  if (isOpen === true) query = query.where('outcome', '=', '')
  if (outcome !== undefined) query = query.where('outcome', '=', outcome)
  return query
}

function toReconciliation(row: Selectable<Database['reconciliations']>): Reconciliation {
  return {
    id: row.id,
    workspace: row.workspace,
    advertiserId: row.advertiser_id,
    name: row.name,
    periodFrom: row.period_from,
    periodTo: row.period_to,
    state: row.state,
    jobId: row.job_id,
    summary: JSON.parse(row.summary_json),
    actor: row.actor,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

function toRow(row: Selectable<Database['reconciliation_rows']>): ReconciliationRow {
  return {
    n: row.n,
    kind: row.kind,
    conversionId: row.conversion_id,
    params: JSON.parse(row.params_json),
    detail: row.detail,
    outcome: row.outcome,
  }
}
