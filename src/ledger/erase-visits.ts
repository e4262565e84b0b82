import { clickIdTime } from '../domain/click-id.ts'
import { ERASED_MAPS, ERASED_TEXTS } from '../domain/erasure.ts'
import { CLICK_ID_PATTERN } from './find-in-ledger.ts'
import { type MutableLedger, mutateLedger } from './mutate-ledger.ts'

/**
 * Click ids among those given of which the ledger holds a row with something to erase.
 * @param clickIds at most LOOKUP_IDS_MAX
 * @throws LedgerUnavailableError
 */
export async function visitsToErase(
  ledger: Pick<MutableLedger, 'lookUp'>,
  workspace: string,
  clickIds: readonly string[],
): Promise<readonly string[]> {
  const rows = ofClickIds(clickIds)
  if (rows === undefined) return []
  const found = await ledger.lookUp<{ workspace: string; click_id: string }>(
    `SELECT DISTINCT workspace, click_id FROM ledger WHERE ${rows} AND (${SOMETHING})`,
  )
  return found.filter((row) => row.workspace === workspace).map((row) => row.click_id)
}

/** Those among the click ids whose visits are the workspace's. @throws LedgerUnavailableError */
export async function visitsOfWorkspace(
  ledger: Pick<MutableLedger, 'lookUp'>,
  workspace: string,
  clickIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = ofClickIds(clickIds)
  if (rows === undefined) return new Set()
  const found = await ledger.lookUp<{ workspace: string; click_id: string }>(
    `SELECT DISTINCT workspace, click_id FROM ledger WHERE ${rows}`,
  )
  return new Set(found.filter((row) => row.workspace === workspace).map((row) => row.click_id))
}

/**
 * Takes what came from the persons from every row of the click ids, by one mutation that rewrites only the parts which
 * hold such rows.
 * @throws LedgerMutationError, LedgerUnavailableError
 */
export async function eraseVisits(
  ledger: MutableLedger,
  workspace: string,
  clickIds: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const rows = ofClickIds(clickIds)
  if (rows === undefined) return
  const sql = `UPDATE ${NOTHING} WHERE workspace = {workspace:String} AND ${rows} AND (${SOMETHING})`
  await mutateLedger(ledger, sql, { workspace }, signal)
}

/** The click ids of visits with the external id, newest first. @throws LedgerUnavailableError */
export async function findClickIdsOfExternalId(
  ledger: Pick<MutableLedger, 'query'>,
  workspace: string,
  externalId: string,
  limit: number,
): Promise<readonly string[]> {
  const rows = await ledger.query<{ click_id: string }>(
    `SELECT DISTINCT click_id FROM ledger
WHERE workspace = {workspace:String} AND external_id = {externalId:String} AND click_id != ''
ORDER BY click_id DESC LIMIT {limit:UInt32}`,
    { workspace, externalId, limit },
  )
  return rows.map((row) => row.click_id)
}

const SOMETHING = [
  ...ERASED_TEXTS.map((name) => `${name} != ''`),
  ...ERASED_MAPS.map((name) => `notEmpty(${name})`),
].join(' OR ')

const NOTHING = [
  ...ERASED_TEXTS.map((name) => `${name} = ''`),
  ...ERASED_MAPS.map((name) => `${name} = CAST(map(), 'Map(LowCardinality(String), String)')`),
].join(', ')

/** Condition that finds the rows by index; the ids become part of the text, so nothing but their alphabet may pass. */
function ofClickIds(clickIds: readonly string[]): string | undefined {
  const ids = clickIds.filter((id) => CLICK_ID_PATTERN.test(id))
  if (ids.length === 0) return undefined
  const since = Math.floor(Math.min(...ids.map(clickIdTime)) / 1_000)
  const list = ids.map((id) => `'${id}'`).join(', ')
  return `click_id IN (${list}) AND at_slot >= toStartOfFifteenMinutes(toDateTime(${since}, 'UTC'))`
}
