import { describe, expect, it } from 'vitest'
import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import { loadCheckpoint, saveCheckpoint } from '../../src/store/journal-checkpoints.ts'
import { appendToOutbox, countOutbox, createOutboxSource } from '../../src/store/ledger-outbox.ts'
import { createLoaderProgress } from '../../src/store/loader-progress.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'

const NOW = 1_795_000_000_000

function row(n: number): LedgerRow {
  return { kind: 'conversion', workspace: 'w1', at: NOW + n, visit_at: NOW, click_id: '' }
}

describe.each(SQL_ENGINES)('handing over to the ledger on %s', (engine) => {
  const stores = useStores(engine)

  it('keeps a claimed outbox batch the same, whatever arrives, until it is removed', async () => {
    const options = await stores.options()
    const { db } = await stores.open(options)
    const outbox = createOutboxSource(db, () => NOW)
    expect(await outbox.claim(10)).toBeUndefined()
    await appendToOutbox(db, [row(1), row(2), row(3)])
    const batch = (await outbox.claim(2)) ?? ''
    await appendToOutbox(db, [row(4)])

    // After a crash: another process finds the same rows under the same id.
    const later = createOutboxSource((await stores.open(options)).db, () => NOW + 1)
    expect(await later.openBatch()).toBe(batch)
    const rows = (await later.rows(batch)).map((json) => JSON.parse(json))
    expect(rows).toEqual([row(1), row(2)])
    await later.remove(batch)
    expect(await later.openBatch()).toBeUndefined()
    expect(await countOutbox(db)).toBe(2)
    const next = (await later.claim(10)) ?? ''
    expect(next).not.toBe(batch)
    expect((await later.rows(next)).map((json) => JSON.parse(json))).toEqual([row(3), row(4)])
  })

  it('shows no outbox row of a transaction that is not committed', async () => {
    const { db } = await stores.open()
    const failed = db.transaction().execute(async (trx) => {
      await appendToOutbox(trx, [row(1)])
      throw new Error('power loss')
    })
    await expect(failed).rejects.toThrow('power loss')
    expect(await createOutboxSource(db, () => NOW).claim(10)).toBeUndefined()
  })

  it('finds an open journal batch after a crash, and moves the checkpoint with its end', async () => {
    const options = await stores.options()
    const first = createLoaderProgress((await stores.open(options)).db)
    expect(await first.load('edge-1')).toEqual({})
    const batch = {
      from: { segment: 1, offset: 16 },
      to: { segment: 1, offset: 9_000_000_000 },
      token: 'edge-1:1:16',
    }
    await first.begin('edge-1', batch)
    await expect(first.begin('edge-1', { ...batch, token: 'other' })).rejects.toThrow()

    const { db } = await stores.open(options)
    const second = createLoaderProgress(db)
    expect(await second.load('edge-1')).toEqual({ open: batch })
    expect(await second.load('edge-2')).toEqual({})
    await second.finish('edge-1', batch.to)
    expect(await second.load('edge-1')).toEqual({ checkpoint: batch.to })
    expect(await loadCheckpoint(db, 'edge-1', 'conversions')).toBeUndefined()
    await saveCheckpoint(db, 'edge-1', 'conversions', { segment: 2, offset: 0 })
    await saveCheckpoint(db, 'edge-1', 'conversions', { segment: 3, offset: 5 })
    expect(await loadCheckpoint(db, 'edge-1', 'conversions')).toEqual({ segment: 3, offset: 5 })
    expect(await second.load('edge-1')).toEqual({ checkpoint: batch.to })
  })
})
