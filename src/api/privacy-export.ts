import { z } from 'zod'
import { findOwnVisits } from '../conversions/by-hand.ts'
import { getConversionWithHistory, listConversions } from '../store/conversions.ts'
import { getWithAttempts, listDeliveries } from '../store/deliveries.ts'
import { type Erasure, getErasure } from '../store/erasures.ts'
import { type JudgedHit, listHits } from '../store/hits.ts'
import { listHitsOfConversions, type OfConversions } from '../store/hits-of-conversions.ts'
import type { Page, PageRequest } from '../store/page.ts'
import { updatesOfClicks } from '../store/visit-updates.ts'
import type { ApiDeps } from './api-deps.ts'
import type { Caller } from './caller.ts'
import { conversionWithHistorySchema, toConversionWithHistory } from './conversion-view.ts'
import { deliveryWithAttemptsSchema, toDeliveriesWithAttempts } from './delivery-view.ts'
import { timeField, toTime } from './fields.ts'
import { hitSchema, toHitView } from './hits.ts'
import { Problem } from './problem.ts'

type ConversionWithHistory = NonNullable<Awaited<ReturnType<typeof getConversionWithHistory>>>

/** Of each kind; a person's click has a few, and a click id that was hammered must not make an answer of any size. */
const ITEMS_MAX = 2_000
const PAGE_ITEMS = 500

export const erasureSchema = z
  .object({
    clickId: z.string(),
    actor: z.string().describe('Who ordered it: user:ID or key:ID'),
    reason: z.string(),
    createdAt: timeField,
    doneAt: timeField.nullable().describe('Null while something of it may still be there'),
  })
  .meta({ id: 'Erasure' })

const personSchema = z
  .object({
    emailSha256: z.string(),
    emailGoogleSha256: z.string(),
    emailMicrosoftSha256: z.string(),
    phoneSha256: z.string(),
    phonePlusSha256: z.string(),
  })
  .nullable()

export const exportSchema = z
  .object({
    clickId: z.string(),
    exportedAt: timeField,
    erasure: erasureSchema.nullable().describe('Null when none was ordered'),
    complete: z.boolean().describe(`False when there are more than ${ITEMS_MAX} of a kind`),
    visit: z
      .array(z.record(z.string(), z.unknown()))
      .describe('Every row of the ledger, with all its columns; times in Unix milliseconds'),
    updates: z.array(z.object({ at: timeField, change: z.record(z.string(), z.unknown()) })),
    hits: z.array(hitSchema),
    conversions: z.array(
      conversionWithHistorySchema.extend({
        visit: z.record(z.string(), z.unknown()).describe('The visit as the conversion repeats it'),
        person: personSchema.describe('Hashes of e-mail address and phone number, given with consent'),
      }),
    ),
    deliveries: z.array(deliveryWithAttemptsSchema),
  })
  .meta({ id: 'VisitExport' })

/** Whether the click id is that of a visit of the workspace, also when it is still on its way to the ledger. */
export async function isOwnVisit(deps: ApiDeps, workspace: string, clickId: string): Promise<boolean> {
  return (await findOwnVisits(deps.byHand, workspace, [clickId])).has(clickId)
}

/** Whether the workspace has anything of the click id. */
export async function isKnown(deps: ApiDeps, workspace: string, clickId: string): Promise<boolean> {
  if (await isOwnVisit(deps, workspace, clickId)) return true
  const one = { limit: 1 }
  const { db } = deps.store
  if ((await listHits(db, workspace, { clickId }, one)).items.length > 0) return true
  return (await listConversions(db, workspace, { clickId }, one)).items.length > 0
}

/** Everything of the click id that the workspace has. */
export async function exportVisit(
  deps: ApiDeps,
  { workspace, role }: Caller,
  clickId: string,
): Promise<z.input<typeof exportSchema>> {
  const { db } = deps.store
  if (!(await isKnown(deps, workspace, clickId))) throw unknownClickId(clickId)
  const filter = { clickId }
  const [rows, updates, erasure] = await Promise.all([
    deps.visitRows(workspace, clickId),
    updatesOfClicks(db, workspace, [clickId]),
    getErasure(db, workspace, clickId),
  ])
  const hits = await all((page) => listHits(db, workspace, filter, page))
  // Nobody but the visitor's way knows the id of a visit: hits that name it are of its workspace, told or not.
  const isOwn = await isOwnVisit(deps, workspace, clickId)
  const strays = isOwn ? await all((page) => listHits(db, '', filter, page)) : NONE
  const caused = await hitsOfConversions(deps, { workspace, clickId, conversionId: '' })
  const conversions = await all((page) => listConversions(db, workspace, filter, page))
  const deliveries = await all((page) => listDeliveries(db, workspace, filter, page))
  const histories = await eachOf(conversions.items, ({ id }) =>
    getConversionWithHistory(db, { workspace, id }),
  )
  const calls = await eachOf(deliveries.items, ({ id }) => getWithAttempts(db, id))
  const named = [...hits.items, ...strays.items]
  return {
    clickId,
    exportedAt: toTime(deps.clock()),
    erasure: erasure === undefined ? null : toErasureView(erasure),
    complete: [hits, strays, caused, conversions, deliveries].every(({ isComplete }) => isComplete),
    visit: rows.map((row) => ({ ...row })),
    updates: (updates.get(clickId) ?? []).map(({ at, change }) => ({
      at: toTime(at),
      change: { ...change },
    })),
    hits: [...named, ...caused.items.filter((hit) => hit.clickId !== clickId)].map(toHitView),
    conversions: histories.map((each) => {
      const { visit, person } = each.conversion
      return { ...toConversionWithHistory(each, role), visit: { ...visit }, person }
    }),
    deliveries: await toDeliveriesWithAttempts(db, workspace, calls),
  }
}

/** Everything of a conversion without a click: nothing of it but its own rows is known. */
export async function exportClickless(
  deps: ApiDeps,
  { workspace, role }: Caller,
  found: ConversionWithHistory,
): Promise<z.input<typeof exportSchema>> {
  const { db } = deps.store
  const { conversion } = found
  const hits = await hitsOfConversions(deps, { workspace, clickId: '', conversionId: conversion.id })
  const filter = { conversionId: conversion.id }
  const deliveries = await all((page) => listDeliveries(db, workspace, filter, page))
  const calls = await eachOf(deliveries.items, ({ id }) => getWithAttempts(db, id))
  const { visit, person } = conversion
  return {
    clickId: '',
    exportedAt: toTime(deps.clock()),
    erasure: null,
    complete: deliveries.isComplete && hits.isComplete,
    visit: [],
    updates: [],
    hits: hits.items.map(toHitView),
    conversions: [{ ...toConversionWithHistory(found, role), visit: { ...visit }, person }],
    deliveries: await toDeliveriesWithAttempts(db, workspace, calls),
  }
}

export function unknownClickId(clickId: string): Problem {
  return new Problem(404, 'not_found', `Nothing is known of the click id "${clickId}" in this workspace.`)
}

export function toErasureView(erasure: Erasure): z.input<typeof erasureSchema> {
  const { clickId, actor, reason, createdAt, doneAt } = erasure
  return {
    clickId,
    actor,
    reason,
    createdAt: toTime(createdAt),
    doneAt: doneAt === null ? null : toTime(doneAt),
  }
}

const NONE = { items: [], isComplete: true } as const

/** Hits that conversions came by, or that were about them, whatever click they name. */
async function hitsOfConversions({ store }: ApiDeps, of: OfConversions): Promise<Found<JudgedHit>> {
  const hits = await listHitsOfConversions(store.db, of, ITEMS_MAX + 1)
  return { items: hits.slice(0, ITEMS_MAX), isComplete: hits.length <= ITEMS_MAX }
}

type Found<Item> = { readonly items: readonly Item[]; readonly isComplete: boolean }

/** All pages of a list, up to the limit. */
async function all<Item>(list: (page: PageRequest) => Promise<Page<Item>>): Promise<Found<Item>> {
  const items: Item[] = []
  let cursor: string | undefined
  do {
    const page = await list({ limit: PAGE_ITEMS, cursor })
    items.push(...page.items)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined && items.length < ITEMS_MAX)
  return { items, isComplete: cursor === undefined }
}

async function eachOf<Item, Found>(
  items: readonly Item[],
  find: (item: Item) => Promise<Found | undefined>,
): Promise<readonly Found[]> {
  const found: Found[] = []
  for (const item of items) {
    const each = await find(item)
    if (each !== undefined) found.push(each)
  }
  return found
}
