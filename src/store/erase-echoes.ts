import { masked } from '../domain/carried-data.ts'
import { SYSTEM_SAID } from '../domain/erasure.ts'
import { ERASED_MARK } from './erase-part.ts'
import { emptyEndedCalls } from './retention-records.ts'
import type { Db } from './transaction.ts'

type Told = { readonly id: string; readonly target_id: string; readonly reason: string }

/**
 * A system that refuses a call may repeat in its words what it was sent: the words go from the health of the target,
 * from why it was switched off, and from alerts about it with what their channels were told. The caller takes them from
 * the deliveries themselves, afterwards.
 */
export async function eraseEchoes(db: Db, workspace: string, deliveries: readonly Told[]): Promise<void> {
  for (const [targetId, own] of Map.groupBy(deliveries, (delivery) => delivery.target_id)) {
    const words = await wordsOf(db, own)
    if (words.length === 0) continue
    await eraseHealth(db, targetId, words)
    await eraseAlerts(db, { workspace, targetId, words })
  }
}

/** As deliveries and their attempts have them, and as the health of targets has them. */
async function wordsOf(db: Db, deliveries: readonly Told[]): Promise<readonly string[]> {
  const attempts = await db
    .selectFrom('delivery_attempts')
    .select('error')
    .where(
      'delivery_id',
      'in',
      deliveries.map(({ id }) => id),
    )
    .where('error', 'like', `${SYSTEM_SAID}%`)
    .execute()
  const said = [...deliveries.map(({ reason }) => reason), ...attempts.map(({ error }) => error)]
    .filter((text) => text.startsWith(SYSTEM_SAID))
    .map((text) => text.slice(SYSTEM_SAID.length))
    .filter((text) => text !== '' && text !== ERASED_MARK)
  return [...new Set(said.flatMap((text) => [text, masked(text)]))]
}

async function eraseHealth(db: Db, targetId: string, words: readonly string[]): Promise<void> {
  await db
    .updateTable('target_health')
    .set({ last_error: `${SYSTEM_SAID}${ERASED_MARK}` })
    .where('target_id', '=', targetId)
    .where(
      'last_error',
      'in',
      words.map((text) => `${SYSTEM_SAID}${text}`),
    )
    .execute()
  const target = await db
    .selectFrom('notification_targets')
    .select('disabled_reason')
    .where('id', '=', targetId)
    .executeTakeFirst()
  if (target === undefined) return
  const disabled_reason = without(target.disabled_reason, words)
  if (disabled_reason === target.disabled_reason) return
  await db.updateTable('notification_targets').set({ disabled_reason }).where('id', '=', targetId).execute()
}

async function eraseAlerts(
  db: Db,
  of: { readonly workspace: string; readonly targetId: string; readonly words: readonly string[] },
): Promise<void> {
  const alerts = await db
    .selectFrom('alerts')
    .select(['id', 'title', 'detail_json'])
    .where('workspace', '=', of.workspace)
    .where('subject_id', '=', of.targetId)
    .execute()
  const inJson = of.words.map((text) => JSON.stringify(text).slice(1, -1))
  for (const { id, ...before } of alerts) {
    const title = without(before.title, of.words)
    const detail_json = without(before.detail_json, inJson)
    if (title === before.title && detail_json === before.detail_json) continue
    await db.updateTable('alerts').set({ title, detail_json }).where('id', '=', id).execute()
    // A channel is told by a delivery in the place of a conversion's.
    const told = await db.selectFrom('deliveries').select('id').where('conversion_id', '=', id).execute()
    await emptyEndedCalls(
      db,
      told.map((delivery) => delivery.id),
    )
  }
}

function without(text: string, words: readonly string[]): string {
  return words.reduce((left, each) => left.replaceAll(each, ERASED_MARK), text)
}
