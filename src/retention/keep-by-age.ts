import type { Treatment } from '../domain/personal-data.ts'
import { treatRow, withoutParams } from '../domain/personal-data.ts'
import { keptSince, personalDataKeptSince, type RetentionSettings } from '../domain/retention.ts'
import { deleteOldestAttempts } from '../store/retention-attempts.ts'
import { removeHitRequests, treatHits } from '../store/retention-hits.ts'
import { changeVisitsOfConversions, removePersonalCalls } from '../store/retention-records.ts'
import { RETENTION_LIMITS } from './retention-limits.ts'
import { count, inStep, type RetentionOptions } from './retention-run.ts'
import { walkRows } from './walk-rows.ts'

/** A workspace with its settings; '' are the hits of which no workspace could be told. */
export type Kept = { readonly workspace: string; readonly settings: RetentionSettings }

/** Attempts and requests of hits that have reached their age go. */
export async function keepByAge(options: RetentionOptions, kept: Kept): Promise<void> {
  await deleteOldAttempts(options, kept)
  const { workspace, settings } = kept
  await walkRows(options, {
    workspace,
    kind: 'requests of hits by age',
    before: keptSince(settings.hitDays, options.clock()),
    version: '',
    work: async (db, step) => await removeHitRequests(db, step, 'age'),
  })
}

/** An attempt repeats the call, and with it what it carries: it goes at the lower of both ages. */
async function deleteOldAttempts(options: RetentionOptions, { workspace, settings }: Kept): Promise<void> {
  const now = options.clock()
  const before = Math.max(keptSince(settings.attemptDays, now), personalDataKeptSince(settings, now))
  if (before === 0) return
  const limit = RETENTION_LIMITS.stepRowsMax
  let rows = 0
  for (;;) {
    const removed = await inStep(options, (db) => deleteOldestAttempts(db, { workspace, before, limit }))
    rows += removed.rows
    if (removed.rows < limit) break
  }
  count(options, workspace, 'attempts by age', rows)
}

/** Old addresses, user agents, parameters and URLs with them of what SQL holds are treated. */
export async function treatByAge(options: RetentionOptions, { workspace, settings }: Kept): Promise<void> {
  const { store, clock, keys } = options
  const { personalDataMode: mode, paramDays } = settings
  await walkRows(options, {
    workspace,
    kind: 'parameters of conversions',
    before: keptSince(paramDays, clock()),
    version: '',
    work: async (db, step) => await changeVisitsOfConversions(db, store.engine, step, withoutParams),
  })
  if (mode === 'keep') return
  const treatmentAt = (atMs: number): Treatment => keys.treatment(mode, atMs)
  const personal = { workspace, before: personalDataKeptSince(settings, clock()), version: mode }
  await walkRows(options, {
    ...personal,
    kind: 'personal data of hits',
    work: async (db, step) => await treatHits(db, step, treatmentAt),
  })
  await walkRows(options, {
    ...personal,
    kind: 'personal data of conversions',
    work: async (db, step) =>
      await changeVisitsOfConversions(db, store.engine, step, (visit, at) =>
        treatRow(visit, treatmentAt(at)),
      ),
  })
  await walkRows(options, {
    ...personal,
    kind: 'personal calls of deliveries',
    work: async (db, step) => await removePersonalCalls(db, step, 'soon'),
  })
  await walkRows(options, {
    ...personal,
    kind: 'personal calls of deliveries that waited long',
    work: async (db, step) => await removePersonalCalls(db, step, 'late'),
  })
}
