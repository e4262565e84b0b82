import { z } from 'zod'
import { formatMicros } from '../domain/money.ts'
import { appendAudit } from '../store/audit-log.ts'
import {
  type BalanceAdjustment,
  insertBalanceAdjustment,
  listBalanceAdjustments,
} from '../store/balance-adjustments.ts'
import { getParty } from '../store/balances.ts'
import { inTransaction } from '../store/transaction.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { callerOf, workspaceOf } from './caller.ts'
import { amountField, timeField, toTime } from './fields.ts'
import { sideField } from './invoice-view.ts'
import { pageOf, pageQuery } from './page.ts'
import { invalidFields } from './problem.ts'

const TAGS = ['balances']
const PATH = '/api/v1/balance-adjustments'
const REASON_CHARS_MAX = 200

const partyFields = {
  side: sideField,
  partyId: z.string().min(1).max(64).describe('Affiliate or advertiser'),
}

const adjustmentSchema = z
  .object({
    id: z.string(),
    ...partyFields,
    amount: z.string(),
    reason: z.string(),
    actor: z.string(),
    createdAt: timeField,
  })
  .meta({ id: 'BalanceAdjustment' })

const listQuery = pageQuery.extend({
  side: sideField.optional(),
  party: z.string().max(64).optional().describe('Id of an affiliate or advertiser'),
})

const createBody = z.strictObject({
  ...partyFields,
  amount: amountField
    .refine((micros) => micros !== 0, 'must not be 0')
    .describe("Decimal string in the workspace's currency; negative takes away"),
  reason: z
    .string()
    .trim()
    .min(1, 'say why')
    .max(REASON_CHARS_MAX)
    .describe('Stands on the invoice, and the party reads it'),
})

/** Amounts that a person adds to a balance, e.g. a bonus; each is on the next invoice. */
export function balanceAdjustmentRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  app.get(PATH, {
    schema: {
      tags: TAGS,
      summary: 'List: adjustments of balances',
      querystring: listQuery,
      response: { 200: pageOf(adjustmentSchema) },
    },
    handler: async (request) => {
      const { side, party, ...wanted } = request.query
      const filter = { side, partyId: party }
      const page = await listBalanceAdjustments(db, workspaceOf(request), filter, wanted)
      return { items: page.items.map(toView), nextCursor: page.nextCursor }
    },
  })
  app.post(PATH, {
    schema: {
      tags: TAGS,
      summary: "Add to a party's balance, or take away from it",
      body: createBody,
      response: { 201: adjustmentSchema },
    },
    handler: async (request, reply) => {
      const { workspace, actor } = callerOf(request)
      const { amount, ...rest } = request.body
      const wanted = { ...rest, workspace, actor, amountMicros: amount }
      const adjustment = await inTransaction(db, async (trx) => {
        const party = await getParty(trx, wanted, wanted.partyId)
        if (party === undefined) {
          throw invalidFields([{ field: 'partyId', message: `there is no such ${wanted.side}` }])
        }
        const made = await insertBalanceAdjustment(trx, wanted, deps.clock())
        const subject = { subjectType: 'balance_adjustment', subjectId: made.id }
        const entry = {
          workspace,
          at: made.createdAt,
          actor,
          action: 'balance_adjustment.create',
          ...subject,
        }
        const detail = {
          side: made.side,
          partyId: made.partyId,
          party: party.name,
          amount: formatMicros(made.amountMicros),
          reason: made.reason,
        }
        await appendAudit(trx, { ...entry, detail })
        return made
      })
      return await reply.code(201).send(toView(adjustment))
    },
  })
}

function toView(adjustment: BalanceAdjustment): z.input<typeof adjustmentSchema> {
  const { workspace: _, amountMicros, createdAt, ...shown } = adjustment
  return { ...shown, amount: formatMicros(amountMicros), createdAt: toTime(createdAt) }
}
