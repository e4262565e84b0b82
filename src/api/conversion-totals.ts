import { z } from 'zod'
import { CONVERSION_STATUSES } from '../domain/conversion-types.ts'
import { formatMicros } from '../domain/money.ts'
import { READ_ROWS_MAX, type StatusTotal, sumConversions } from '../store/conversion-totals.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { callerOf, managerOf } from './caller.ts'
import { conversionFilterFields } from './conversion-filter-fields.ts'

const UNTOLD = "; '' for an affiliate manager"

const sums = {
  count: z.int(),
  revenue: z.string().describe(`In the workspace's currency${UNTOLD}`),
  payout: z.string(),
  cost: z.string().describe(`What traffic sources are owed for them${UNTOLD}`),
}

const totalsSchema = z
  .object({
    ...sums,
    byStatus: z.array(z.object({ status: z.enum(CONVERSION_STATUSES), ...sums })),
    isWhole: z
      .boolean()
      .describe(
        `False when older ones are left out: of the newest ${READ_ROWS_MAX} that were looked at, those that fit are summed up`,
      ),
  })
  .meta({ id: 'ConversionTotals' })

/** What the conversions of a filter come to. */
export function conversionTotalsRoutes(app: ApiApp, deps: ApiDeps): void {
  app.get('/api/v1/conversions/totals', {
    schema: {
      tags: ['conversions'],
      summary: 'How many conversions a filter names, and what they come to',
      querystring: z.object(conversionFilterFields),
      response: { 200: totalsSchema },
    },
    handler: async (request) => {
      const { workspace, role } = callerOf(request)
      const filter = { ...request.query, managerId: managerOf(request) }
      const { byStatus, isWhole } = await sumConversions(deps.store.db, workspace, filter)
      const isTold = role !== 'affiliate_manager'
      return {
        ...toSums(addUp(byStatus), isTold),
        byStatus: byStatus.map((total) => ({ status: total.status, ...toSums(total, isTold) })),
        isWhole,
      }
    },
  })
}

type Sums = Omit<StatusTotal, 'status'>

function addUp(totals: readonly Sums[]): Sums {
  const none: Sums = { count: 0, revenueMicros: 0, payoutMicros: 0, costMicros: 0 }
  return totals.reduce(
    (sum, total) => ({
      count: sum.count + total.count,
      revenueMicros: sum.revenueMicros + total.revenueMicros,
      payoutMicros: sum.payoutMicros + total.payoutMicros,
      costMicros: sum.costMicros + total.costMicros,
    }),
    none,
  )
}

function toSums({ count, revenueMicros, payoutMicros, costMicros }: Sums, isTold: boolean) {
  return {
    count,
    revenue: isTold ? formatMicros(revenueMicros) : '',
    payout: formatMicros(payoutMicros),
    cost: isTold ? formatMicros(costMicros) : '',
  }
}
