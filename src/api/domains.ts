import { z } from 'zod'
import { getCampaign } from '../store/campaigns.ts'
import {
  archiveDomain,
  createDomain,
  type Domain,
  type DomainFields,
  getDomain,
  listDomains,
  restoreDomain,
  updateDomain,
} from '../store/domains.ts'
import type { Db } from '../store/transaction.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { checkDomainArchive } from './archive-checks.ts'
import { templateUrlField } from './fields.ts'
import { ownedRoutes } from './owned-resource.ts'
import { ownedFields, toOwnedView } from './owned-view.ts'
import { type FieldError, invalidFields } from './problem.ts'
import { HOST_CHARS_MAX, toSentHost } from './sent-host.ts'

const HOST = /^(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*$/

const fields = {
  name: z
    .string()
    .max(HOST_CHARS_MAX)
    .transform((text) => toSentHost(text.trim()))
    .refine((text) => text.length <= HOST_CHARS_MAX && HOST.test(text), {
      message: 'must be a host name without scheme, port and path, e.g. go.example.com',
    })
    .describe('The host name, e.g. go.example.com; in use once in the installation'),
  defaultCampaignId: z.string().max(64).describe("Whose visitors its bare address has; '' for none"),
  fallbackUrl: z
    .union([z.literal(''), templateUrlField])
    .describe("Where its unknown links lead; '' for the workspace's fallback"),
}

const domainSchema = z
  .object({
    ...ownedFields,
    name: z.string(),
    defaultCampaignId: z.string(),
    fallbackUrl: z.string(),
  })
  .meta({ id: 'Domain' })

/** Host names that visitors use. */
export function domainRoutes(app: ApiApp, deps: ApiDeps): void {
  ownedRoutes<Domain, DomainFields>(app, deps, {
    path: 'domains',
    what: 'domain',
    createBody: z.strictObject({
      ...fields,
      defaultCampaignId: fields.defaultCampaignId.default(''),
      fallbackUrl: fields.fallbackUrl.default(''),
    }),
    updateBody: z.strictObject(fields).partial(),
    itemSchema: domainSchema,
    create: createDomain,
    update: updateDomain,
    archive: archiveDomain,
    restore: restoreDomain,
    get: getDomain,
    list: listDomains,
    toViews: async (_db, items) => items.map(toView),
    check: checkDomain,
    checkArchive: checkDomainArchive,
  })
}

async function checkDomain(db: Db, workspace: string, domain: DomainFields, id?: string): Promise<void> {
  const errors: FieldError[] = []
  const { name, defaultCampaignId } = domain
  if (defaultCampaignId !== '') {
    const campaign = await getCampaign(db, { workspace, id: defaultCampaignId })
    if (campaign === undefined || campaign.archivedAt !== null) {
      const message = `there is no campaign "${defaultCampaignId}"`
      errors.push({ field: 'defaultCampaignId', message })
    }
  }
  if (await isHostTaken(db, name, id)) {
    errors.push({ field: 'name', message: `"${name}" is in use already` })
  }
  if (errors.length > 0) throw invalidFields(errors)
}

/** By any workspace: a request's host is all that tells whose it is. */
async function isHostTaken(db: Db, host: string, own: string | undefined): Promise<boolean> {
  const rows = await db
    .selectFrom('domains')
    .select('id')
    .where('name', '=', host)
    .where('archived_at', 'is', null)
    .execute()
  return rows.some((row) => row.id !== own)
}

function toView(domain: Domain): z.input<typeof domainSchema> {
  const { name, defaultCampaignId, fallbackUrl } = domain
  return { ...toOwnedView(domain), name, defaultCampaignId, fallbackUrl }
}
