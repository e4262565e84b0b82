import { z } from 'zod'
import {
  archiveLander,
  createLander,
  getLander,
  type Lander,
  type LanderFields,
  listLanders,
  restoreLander,
  updateLander,
} from '../store/landers.ts'
import type { Db } from '../store/transaction.ts'
import { roleSuffices } from './access-table.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { checkLanderArchive } from './archive-checks.ts'
import type { Caller } from './caller.ts'
import { legacyIdsField, nameField, tagsField, templateUrlField } from './fields.ts'
import { findTakenLegacyIds, legacyIdLocks } from './legacy-ids.ts'
import { ownedRoutes } from './owned-resource.ts'
import { ownedFields, toOwnedView } from './owned-view.ts'
import { invalidFields } from './problem.ts'

const CTA_COUNT_MAX = 20
const PROTECTION_MINUTES_MAX = 24 * 60
const PROTECTION_SECRET_CHARS_MAX = 200

const fields = {
  name: nameField,
  url: templateUrlField.describe('With macros'),
  ctaCount: z.int().min(1).max(CTA_COUNT_MAX).describe('Calls to action: /click/n goes to the n-th offer'),
  protection: z
    .strictObject({
      secret: z.string().min(16).max(PROTECTION_SECRET_CHARS_MAX),
      minutes: z.int().min(1).max(PROTECTION_MINUTES_MAX),
    })
    .nullable()
    .describe('{lander.key} is a key that the page can check with the secret, valid for the minutes'),
  tags: tagsField,
  legacyIds: legacyIdsField,
}

const landerSchema = z
  .object({
    ...ownedFields,
    name: z.string(),
    url: z.string(),
    ctaCount: z.int(),
    protection: z
      .object({ secret: z.string(), minutes: z.int() })
      .nullable()
      .describe('Null for viewers, and for an unprotected lander'),
    tags: z.array(z.string()),
    legacyIds: z.array(z.string()),
    clickUrl: z.string().describe('What the calls to action of the page link to'),
  })
  .meta({ id: 'Lander' })

export function landerRoutes(app: ApiApp, deps: ApiDeps): void {
  ownedRoutes<Lander, LanderFields>(app, deps, {
    path: 'landers',
    what: 'lander',
    createBody: z.strictObject({
      ...fields,
      ctaCount: fields.ctaCount.default(1),
      protection: fields.protection.default(null),
      tags: fields.tags.default([]),
      legacyIds: fields.legacyIds.default([]),
    }),
    updateBody: z.strictObject(fields).partial(),
    itemSchema: landerSchema,
    create: createLander,
    update: updateLander,
    archive: archiveLander,
    restore: restoreLander,
    secretFields: ['protection'],
    get: getLander,
    list: listLanders,
    toViews: async (_db, items, caller) => items.map((lander) => toView(lander, deps.publicUrl, caller)),
    locks: legacyIdLocks('landers'),
    check: checkLander,
    checkArchive: checkLanderArchive,
  })
}

async function checkLander(db: Db, _workspace: string, lander: LanderFields, id?: string): Promise<void> {
  const { legacyIds } = lander
  const errors = await findTakenLegacyIds(db, 'landers', { legacyIds, own: id })
  if (errors.length > 0) throw invalidFields(errors)
}

function toView(lander: Lander, publicUrl: string, caller: Caller): z.input<typeof landerSchema> {
  const { name, url, ctaCount, protection, tags, legacyIds } = lander
  return {
    ...toOwnedView(lander),
    name,
    url,
    ctaCount,
    protection: protection !== null && roleSuffices(caller.role, 'manager') ? { ...protection } : null,
    tags: [...tags],
    legacyIds: [...legacyIds],
    clickUrl: `${publicUrl}/click`,
  }
}
