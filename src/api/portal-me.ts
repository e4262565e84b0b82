import { z } from 'zod'
import { AFFILIATE_STATUSES } from '../domain/affiliate.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { timeField, toTime } from './fields.ts'
import { type PortalUser, portalUser } from './portal-affiliate.ts'
import { paymentSchema } from './portal-money.ts'

const meSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    status: z.enum(AFFILIATE_STATUSES).describe('Only an active affiliate sees more than this'),
    statusReason: z.string(),
    network: z.object({ name: z.string(), currency: z.string(), timeZone: z.string() }),
    manager: z
      .object({ name: z.string(), email: z.string() })
      .nullable()
      .describe('Whom to ask; null when nobody is named'),
    tier: z.string().describe("Which of an offer's payout tiers it has; '' for none"),
    agreement: z.string().describe("The network's agreement as it is now; '' for none"),
    acceptedTermsAt: timeField.nullable().describe("When the network's agreement was accepted"),
    payment: paymentSchema.describe('How you are paid, and whom invoices name'),
  })
  .meta({ id: 'PortalMe' })

/** What an affiliate sees of itself, whatever its status. */
export function portalMeRoutes(app: ApiApp, deps: ApiDeps): void {
  app.get('/api/v1/portal/me', {
    schema: { tags: ['portal'], summary: 'The affiliate itself', response: { 200: meSchema } },
    handler: async (request) => {
      const user = await portalUser(deps.store.db, request)
      return toView(user, await findManager(deps, user))
    },
  })
}

async function findManager({ accounts }: ApiDeps, { workspace, affiliate }: PortalUser) {
  if (affiliate.managerId === '') return null
  const members = await accounts.members(workspace)
  const manager = members.find(({ id }) => id === affiliate.managerId)
  return manager === undefined ? null : { name: manager.name, email: manager.email }
}

function toView(
  { affiliate, network }: PortalUser,
  manager: { name: string; email: string } | null,
): z.output<typeof meSchema> {
  const { id, name, email, status, statusReason, tier, acceptedTermsAt, payment, billing } = affiliate
  return {
    id,
    name,
    email,
    status,
    statusReason,
    network: { name: network.name, currency: network.currency, timeZone: network.timeZone },
    manager,
    tier,
    agreement: network.network.agreement,
    acceptedTermsAt: acceptedTermsAt === null ? null : toTime(acceptedTermsAt),
    payment: { method: payment.method, details: payment.details, billing },
  }
}
