import { z } from 'zod'
import { OFFER_PROTOCOLS } from '../domain/offer-terms.ts'
import { kindsAllowed } from '../domain/pixel-kinds.ts'
import { TARGET_TYPES } from '../domain/target-types.ts'
import { getAdvertiser } from '../store/advertisers.ts'
import { getOffer } from '../store/offers.ts'
import { roleSuffices } from './access-table.ts'
import { globalPostbackUrl, landingScript, offerSnippets, tokenToHandOver } from './advertiser-snippets.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { type Caller, callerOf } from './caller.ts'
import { idParams } from './page.ts'
import { notFound } from './problem.ts'

const byScheme = z.object({ https: z.string(), http: z.string() })

const integrationSchema = z
  .object({
    protocol: z.enum(OFFER_PROTOCOLS).nullable().describe("Null for an offer that is no advertiser's"),
    affiliatesMayUse: z.array(z.enum(TARGET_TYPES)).describe('What the protocol leaves to affiliates'),
    clickIdParam: z.string().describe('Query parameter of the offer URL that carries the click id'),
    events: z
      .array(
        z.object({
          event: z.string().describe("'' for the default event"),
          name: z.string(),
          snippet: byScheme.describe('By the protocol; for the advertiser’s page or server'),
          postbackUrl: byScheme,
          firstPartyPixel: z
            .string()
            .describe("Where browsers keep no third-party cookies; '' for the protocol postback"),
          testUrl: z.string().describe('Checks everything, counts nothing, and shows each step'),
        }),
      )
      .describe('The default event, and each goal'),
    landingScript: z.string().describe('For the page that links lead to, beside a first-party pixel'),
    globalPostbackUrl: z.string().describe('For all offers of the advertiser'),
    carriesToken: z
      .boolean()
      .describe('Whether the token of the advertiser is in the postback links; managers see it'),
  })
  .meta({ id: 'OfferIntegration' })

/** GET /api/v1/offers/:id/integration: what to hand over to the advertiser. */
export function offerIntegrationRoutes(app: ApiApp, deps: ApiDeps): void {
  app.get('/api/v1/offers/:id/integration', {
    schema: {
      tags: ['offers'],
      summary: 'What the advertiser of an offer puts in place to report conversions',
      params: idParams,
      response: { 200: integrationSchema },
    },
    handler: async (request) => await integrationOf(deps, callerOf(request), request.params.id),
  })
}

async function integrationOf(
  { store, publicUrl }: ApiDeps,
  caller: Caller,
  id: string,
): Promise<z.input<typeof integrationSchema>> {
  const { workspace } = caller
  const offer = await getOffer(store.db, { workspace, id })
  if (offer === undefined) throw notFound('offer', id)
  if (offer.terms === null) return NO_INTEGRATION
  const advertiser = await getAdvertiser(store.db, { workspace, id: offer.advertiserId })
  if (advertiser === undefined) throw notFound('advertiser', offer.advertiserId)
  const token = roleSuffices(caller.role, 'manager') ? tokenToHandOver(advertiser) : ''
  const { id: offerId, defaultEvent, terms } = offer
  return {
    protocol: terms.protocol,
    affiliatesMayUse: [...kindsAllowed(terms.protocol, terms.allowsPixels)],
    clickIdParam: advertiser.clickIdParam,
    events: [...offerSnippets({ id: offerId, defaultEvent, terms }, { publicUrl, token })],
    landingScript: landingScript(publicUrl, advertiser.clickIdParam),
    globalPostbackUrl: globalPostbackUrl(publicUrl, token),
    carriesToken: token !== '',
  }
}

/** An affiliate network has one integration for all of its offers, which its own view shows. */
const NO_INTEGRATION = {
  protocol: null,
  affiliatesMayUse: [],
  clickIdParam: '',
  events: [],
  landingScript: '',
  globalPostbackUrl: '',
  carriesToken: false,
}
