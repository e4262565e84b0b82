import type { ReportRow } from '../reports/run-report.ts'
import type { Db } from '../store/transaction.ts'
import { loadFlowNames } from './flow-names.ts'

/** Dimensions whose values are ids, and where the names are. */
const NAMED = {
  campaign: 'campaigns',
  source: 'traffic_sources',
  network: 'affiliate_networks',
  offer: 'offers',
  lander: 'landers',
  affiliate: 'affiliates',
  advertiser: 'advertisers',
} as const

type NamedDimension = keyof typeof NAMED
const DIMENSIONS: readonly NamedDimension[] = [
  'campaign',
  'source',
  'network',
  'offer',
  'lander',
  'affiliate',
  'advertiser',
]
/** Their names are part of flows. */
const FLOW_DIMENSIONS = ['path', 'rule'] as const
type LabelledDimension = NamedDimension | (typeof FLOW_DIMENSIONS)[number]
/** Below the number of parameters that every SQL engine takes in one statement. */
const IDS_PER_QUERY = 1_000

/** For each row, the names of the things that its keys are ids of; archived things have theirs still. */
export async function findLabels(
  db: Db,
  workspace: string,
  rows: readonly ReportRow[],
): Promise<readonly Readonly<Record<string, string>>[]> {
  const names = new Map<LabelledDimension, ReadonlyMap<string, string>>()
  for (const dimension of DIMENSIONS) {
    const ids = new Set(rows.map((row) => row.keys[dimension] ?? '').filter((id) => id !== ''))
    if (ids.size > 0) names.set(dimension, await findNames(db, { workspace, dimension }, [...ids]))
  }
  if (rows.some((row) => FLOW_DIMENSIONS.some((dimension) => (row.keys[dimension] ?? '') !== ''))) {
    const flowNames = await loadFlowNames(db, workspace)
    for (const dimension of FLOW_DIMENSIONS) names.set(dimension, flowNames[dimension])
  }
  return rows.map((row) => labelsOf(row, names))
}

async function findNames(
  db: Db,
  { workspace, dimension }: { readonly workspace: string; readonly dimension: NamedDimension },
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>()
  for (let start = 0; start < ids.length; start += IDS_PER_QUERY) {
    const found = await db
      .selectFrom(NAMED[dimension])
      .select(['id', 'name'])
      .where('workspace', '=', workspace)
      .where('id', 'in', ids.slice(start, start + IDS_PER_QUERY))
      .execute()
    for (const { id, name } of found) names.set(id, name)
  }
  return names
}

function labelsOf(
  row: ReportRow,
  names: ReadonlyMap<LabelledDimension, ReadonlyMap<string, string>>,
): Readonly<Record<string, string>> {
  const pairs = [...DIMENSIONS, ...FLOW_DIMENSIONS].flatMap((dimension) => {
    const name = names.get(dimension)?.get(row.keys[dimension] ?? '')
    return name === undefined ? [] : [[dimension, name] as const]
  })
  return Object.fromEntries(pairs)
}
