import { z } from 'zod'
import { getCampaign } from '../store/campaigns.ts'
import { getDomain } from '../store/domains.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { callerOf } from './caller.ts'
import { idParams } from './page.ts'
import { notFound } from './problem.ts'

/** Takes calls until tp.js is there, and makes them then. */
export const SCRIPT_STUB =
  'window.trailpost=window.trailpost||function(){(trailpost.q=trailpost.q||[]).push(arguments)};'

const scriptSchema = z
  .object({
    visit: z.string().describe('Counts a visit to the campaign, for pages that ads link to directly'),
    organic: z.string().describe('The same for visitors who come by no ad: they cost nothing'),
    lander: z
      .string()
      .describe('Counts lander views and fills `{clickid}` in links, behind the tracking link'),
    conversion: z.string().describe('Reports a conversion, for the page behind the checkout'),
    honeypot: z.string().describe('A link that no person sees: what follows it is a bot'),
  })
  .meta({ id: 'CampaignScript' })

/** GET /api/v1/campaigns/:id/script: the HTML to paste into a page, ready for the campaign. */
export function campaignScriptRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  app.get('/api/v1/campaigns/:id/script', {
    schema: {
      tags: ['campaigns'],
      summary: 'HTML snippets of tp.js for a campaign',
      params: idParams,
      response: { 200: scriptSchema },
    },
    handler: async (request) => {
      const { workspace } = callerOf(request)
      const campaign = await getCampaign(db, { workspace, id: request.params.id })
      if (campaign === undefined) throw notFound('campaign', request.params.id)
      const domain = await getDomain(db, { workspace, id: campaign.domainId })
      return campaignScript(hostUrl(deps.publicUrl, domain?.name), campaign.slug)
    },
  })
}

/** The host of the campaign's own domain, in the scheme of the installation's. */
function hostUrl(publicUrl: string, domain: string | undefined): string {
  return domain === undefined ? publicUrl : `${new URL(publicUrl).protocol}//${domain}`
}

/** @param slug letters, digits and hyphens: it needs no escaping in HTML and in JavaScript. */
function campaignScript(host: string, slug: string): z.input<typeof scriptSchema> {
  const src = escapeAttribute(`${host}/tp.js`)
  const tag = `<script src="${src}" async></script>`
  const calling = (calls: string, script = tag) => `<script>${SCRIPT_STUB}${calls}</script>\n${script}`
  return {
    visit: calling(`trailpost('visit',{campaign:'${slug}'});trailpost('view')`),
    organic: calling(
      `trailpost('visit');trailpost('view')`,
      `<script src="${src}" data-campaign="${slug}" async></script>`,
    ),
    lander: calling(`trailpost('view')`),
    conversion: calling(
      `trailpost('conversion',{event:'sale',payout:'9.99',currency:'USD',txid:'ORDER-ID'})`,
    ),
    honeypot: `<a href="${escapeAttribute(`${host}/tp/trap?cid={clickid}`)}" rel="nofollow" tabindex="-1" aria-hidden="true" style="display:none"></a>`,
  }
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
}
