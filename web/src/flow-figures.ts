import { useQuery } from '@tanstack/react-query'
import { answerOf, api } from './api.ts'
import type { FlowArm, FlowNode, FlowTree } from './flow-tree.ts'
import type { FlowValues } from './flow-values.ts'
import { addDays, todayIn } from './report-query.ts'
import { useMe } from './session.ts'

const DAYS = 7
/** As many as a report gives, and as a filter takes. */
const ROWS_MAX = 1_000
const PATHS_MAX = 200
const REFRESH_MS = 60_000

export type Figure = { readonly visits: number; readonly conversions: number }
/** What came to a station of the diagram; undefined where nothing is known of it. */
export type Figures = (node: FlowNode) => Figure | undefined

type Row = {
  readonly keys: Readonly<Record<string, string>>
  readonly metrics: Readonly<Record<string, unknown>>
}

/**
 * Visits and conversions of the last days at each saved path, lander and offer.
 * @param wanted.campaignId of one campaign; of all that use the flow without it.
 */
export function useFlowFigures(
  flow: Pick<FlowValues, 'rules' | 'paths'>,
  wanted: { readonly isShown: boolean; readonly campaignId: string | undefined },
) {
  const { timeZone } = useMe().workspace
  const { isShown, campaignId } = wanted
  const all = [...flow.rules.flatMap(({ paths }) => paths), ...flow.paths]
  const ids = [...new Set(all.flatMap(({ id }) => (id === undefined ? [] : [id])))].slice(0, PATHS_MAX)
  return useQuery({
    queryKey: ['flow-figures', campaignId, ids, timeZone],
    enabled: isShown && ids.length > 0,
    staleTime: REFRESH_MS,
    queryFn: async () => {
      const campaign =
        campaignId === undefined
          ? []
          : [{ dimension: 'campaign', operator: 'is' as const, values: [campaignId] }]
      const body = {
        from: addDays(todayIn(timeZone), 1 - DAYS),
        to: todayIn(timeZone),
        groupBy: ['path', 'lander', 'offer'],
        metrics: ['visits', 'conversions'],
        filters: [{ dimension: 'path', operator: 'in' as const, values: ids }, ...campaign],
        limit: ROWS_MAX,
      }
      return (await answerOf(api.POST('/api/v1/reports', { body }))).rows
    },
  })
}

/** Adds the rows of the report up for each station. */
export function toFigures(tree: FlowTree, rows: readonly Row[]): Figures {
  const sums = new Map<string, Figure>()
  const arms = tree.groups.flatMap((group) => group.arms.map((arm) => ({ group: group.node, arm })))
  for (const row of rows) {
    const { visits, conversions } = row.metrics
    for (const { key } of arms.flatMap(({ group, arm }) => stationsOf(row, tree.start, group, arm))) {
      const before = sums.get(key) ?? { visits: 0, conversions: 0 }
      sums.set(key, {
        visits: before.visits + Number(visits),
        conversions: before.conversions + Number(conversions),
      })
    }
  }
  return ({ key }) => sums.get(key)
}

/** Where the visitors of a row came along, when they came by this arm. */
function stationsOf({ keys }: Row, start: FlowNode, group: FlowNode, arm: FlowArm): readonly FlowNode[] {
  if (arm.id === undefined || arm.id !== keys.path) return []
  const lander = arm.landers.find(({ id }) => id === keys.lander)
  const offer = arm.offers.find(({ id }) => id === keys.offer)
  const passed = [start, group, arm.path, lander?.node, offer?.node, offer?.campaign]
  return passed.filter((node) => node !== undefined)
}
