import { z } from 'zod'
import { DOMAIN_OUTCOMES } from '../delivery/check-domain.ts'
import { getDomain } from '../store/domains.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { callerOf } from './caller.ts'
import { idParams } from './page.ts'
import { notFound } from './problem.ts'
import { perWorkspace } from './rate-limits.ts'

const CHECKS_PER_MINUTE = 20

const checkSchema = z
  .object({
    outcome: z
      .enum(DOMAIN_OUTCOMES)
      .describe(
        'works: it leads to this installation; elsewhere: something else answers; private_address: it is not called',
      ),
    url: z.string().describe('Where it was asked'),
    addresses: z.array(z.string()).describe('Of the host name, as DNS says from here'),
    ownAddresses: z.array(z.string()).describe("Of the installation's own host name"),
    detail: z.string().describe("What was seen: a status or an error; '' when it works"),
  })
  .meta({ id: 'DomainCheck' })

/** Whether a tracking domain leads here now. */
export function checkDomainRoutes(app: ApiApp, deps: ApiDeps): void {
  app.post('/api/v1/domains/:id/check', {
    config: perWorkspace(CHECKS_PER_MINUTE),
    schema: {
      tags: ['domains'],
      summary: 'Check now whether the host name leads to this installation, as its visitors would come',
      params: idParams,
      response: { 200: checkSchema },
    },
    handler: async (request) => {
      const { workspace } = callerOf(request)
      const { id } = request.params
      const domain = await getDomain(deps.store.db, { workspace, id })
      if (domain === undefined) throw notFound('domain', id)
      // Links of a domain have the scheme of the installation's own.
      const origin = `${new URL(deps.publicUrl).protocol}//${domain.name}`
      const { outcome, addresses, ownAddresses, detail } = await deps.checkDomain(origin)
      return { outcome, url: origin, addresses: [...addresses], ownAddresses: [...ownAddresses], detail }
    },
  })
}
