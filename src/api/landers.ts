import { z } from 'zod'
import {
  archiveLander,
  createLander,
  getLander,
  type Lander,
  type LanderFields,
  listLanders,
  updateLander,
} from '../store/landers.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { nameField, templateUrlField } from './fields.ts'
import { ownedRoutes } from './owned-resource.ts'
import { ownedFields, toOwnedView } from './owned-view.ts'

const CTA_COUNT_MAX = 20

const fields = {
  name: nameField,
  url: templateUrlField.describe('With macros'),
  ctaCount: z.int().min(1).max(CTA_COUNT_MAX).describe('Calls to action: /click/n goes to the n-th offer'),
}

const landerSchema = z
  .object({
    ...ownedFields,
    name: z.string(),
    url: z.string(),
    ctaCount: z.int(),
    clickUrl: z.string().describe('What the calls to action of the page link to'),
  })
  .meta({ id: 'Lander' })

export function landerRoutes(app: ApiApp, deps: ApiDeps): void {
  ownedRoutes<Lander, LanderFields>(app, deps, {
    path: 'landers',
    what: 'lander',
    createBody: z.strictObject({ ...fields, ctaCount: fields.ctaCount.default(1) }),
    updateBody: z.strictObject(fields).partial(),
    itemSchema: landerSchema,
    create: createLander,
    update: updateLander,
    archive: archiveLander,
    get: getLander,
    list: listLanders,
    toViews: async (_db, items) => items.map((lander) => toView(lander, deps.publicUrl)),
  })
}

function toView(lander: Lander, publicUrl: string): z.input<typeof landerSchema> {
  const { name, url, ctaCount } = lander
  return { ...toOwnedView(lander), name, url, ctaCount, clickUrl: `${publicUrl}/click` }
}
