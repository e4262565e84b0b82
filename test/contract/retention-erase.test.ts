import { afterEach, describe, expect, it } from 'vitest'
import { eraseOpen, sweepErasures } from '../../src/retention/erase-clicks.ts'
import { openAlert } from '../../src/store/alerts.ts'
import { insertUpload, insertUploadRows, listUploadRows } from '../../src/store/conversion-uploads.ts'
import { eraseClickId } from '../../src/store/erase-click-id.ts'
import { getErasure, insertErasure } from '../../src/store/erasures.ts'
import { getHit } from '../../src/store/hits.ts'
import { appendToOutbox } from '../../src/store/ledger-outbox.ts'
import { insertVisitUpdates } from '../../src/store/visit-updates.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { clickOf, until, visitRow } from '../support/ledger-world.ts'
import { addConversion, addHit, CHROME } from '../support/retention-records.ts'
import { openRetentionWorld, type RetentionWorld } from '../support/retention-world.ts'

const PERSONAL = /203\.0\.113\.9|Mozilla|jane|ext-1|zone-7|from-sub|from-url/
const TABLES = ['hits', 'conversions', 'deliveries', 'delivery_attempts', 'visit_updates'] as const

describe.each(SQL_ENGINES)('an erasure, on %s', (engine) => {
  const stores = useStores(engine)
  let world: RetentionWorld | undefined
  afterEach(async () => await world?.close())

  async function open(): Promise<RetentionWorld> {
    world = await openRetentionWorld(await stores.open())
    await world.addWorkspace('w', {})
    return world
  }

  function personsVisit() {
    const known = { ip: '203.0.113.9', user_agent: CHROME, external_id: 'ext-1', sub1: 'from-sub' }
    return visitRow({
      ...known,
      tokens: { zone: 'zone-7' },
      params: { name: 'jane' },
      location: 'https://o.example/from-url',
      cost: '0.5',
      country: 'DE',
    })
  }

  async function order({ store }: RetentionWorld, clickId: string): Promise<void> {
    const erasure = { workspace: 'w', clickId, actor: 'user:1', reason: 'asked', createdAt: Date.now() }
    await insertErasure(store.db, erasure)
  }

  async function stored({ store, rows }: RetentionWorld): Promise<string> {
    const tables = await Promise.all(
      TABLES.map(async (table) => await store.db.selectFrom(table).selectAll().execute()),
    )
    return JSON.stringify([tables, await rows('*')])
  }

  it('takes what came from the person everywhere, also what was still in a journal, and leaves the books', async () => {
    const opened = await open()
    const { store, journal, options, rows } = opened
    const visit = personsVisit()
    const other = personsVisit()
    await addHit(store.db, { id: 'hit-sale', at: visit.at, clickId: visit.click_id })
    await addConversion(store.db, { id: 'sale', at: visit.at, visit, state: 'pending' })
    await insertVisitUpdates(store.db, [
      {
        id: 'u',
        workspace: 'w',
        clickId: visit.click_id,
        at: 1,
        change: { externalId: 'ext-1', addFlags: ['honeypot'] },
      },
    ])
    await journal.visit(other)
    await order(opened, visit.click_id)
    // What came before the erasure, and is not loaded when it begins.
    await journal.visit(visit)
    await journal.click(clickOf(visit))
    await appendToOutbox(store.db, [
      { ...visit, kind: 'conversion', conversion_id: 'sale', conversions: 1, revenue: '1.25' },
    ])
    expect(await eraseOpen(options)).toBe(1)
    expect((await getErasure(store.db, 'w', visit.click_id))?.doneAt).not.toBeNull()

    const own = (
      await rows('click_id, kind, country, toString(cost) AS cost, toString(revenue) AS revenue, ip')
    ).filter((row) => row.click_id === visit.click_id)
    expect(own).toMatchObject(
      [
        { kind: 'visit', country: 'DE', cost: '0.5', ip: '' },
        { kind: 'conversion', revenue: '1.25', ip: '' },
        { kind: 'click', ip: '' },
      ].sort(
        (a, b) => own.findIndex(({ kind }) => kind === a.kind) - own.findIndex(({ kind }) => kind === b.kind),
      ),
    )
    await store.db.deleteFrom('ledger_outbox').execute()
    const text = await stored(opened)
    expect(text.replaceAll(JSON.stringify(other), '')).toContain(other.click_id)
    const others = (await rows('click_id, ip, external_id')).filter((row) => row.click_id === other.click_id)
    expect(others).toEqual([{ click_id: other.click_id, ip: '203.0.113.9', external_id: 'ext-1' }])
    for (const table of TABLES)
      expect(JSON.stringify(await store.db.selectFrom(table).selectAll().execute()), table).not.toMatch(
        PERSONAL,
      )
    const conversion = await store.db.selectFrom('conversions').selectAll().executeTakeFirstOrThrow()
    expect(conversion).toMatchObject({
      revenue_micros: 1_250_000,
      status: 'approved',
      txid: 'tx-sale',
      person_json: 'null',
    })
    expect(await store.db.selectFrom('deliveries').select(['state', 'url']).execute()).toEqual([
      { state: 'cancelled', url: '' },
    ])
    const updates = await store.db.selectFrom('visit_updates').select('change_json').execute()
    expect(updates).toEqual([{ change_json: '{"addFlags":["honeypot"]}' }])
  })

  it('is applied again to what arrives later, and doing it again changes nothing', async () => {
    const opened = await open()
    const { store, journal, options, rows, counts } = opened
    const visit = personsVisit()
    await journal.visit(visit)
    await order(opened, visit.click_id)
    await eraseOpen(options)
    // The loader still remembers the visit as it was, so that its late click repeats it.
    await journal.click(clickOf(visit))
    await addHit(store.db, { id: 'late', at: visit.at, clickId: visit.click_id })
    await until(async () => (await rows('kind')).length === 2)
    await sweepErasures(options)
    expect(await stored(opened)).not.toMatch(PERSONAL)
    const done = counts.length
    await sweepErasures(options)
    expect(counts.slice(done)).toEqual([])
  })

  it('takes what members wrote about the conversion, and the lines of files about it, applied or not', async () => {
    const opened = await open()
    const { store, options } = opened
    const [visit, other] = [personsVisit(), personsVisit()]
    await addConversion(store.db, { id: 'sale', at: visit.at, visit })
    await addConversion(store.db, { id: 'other', at: other.at, visit: other })
    const told = { workspace: 'w', at: visit.at, hit_id: '', from_status: 'approved' } as const
    const money = { from_revenue_micros: 1, to_revenue_micros: 0, to_status: 'rejected' } as const
    const reasons = [
      { conversion_id: 'sale', n: 2, actor: 'user:1', reason: 'jane wants her money back' },
      { conversion_id: 'sale', n: 3, actor: 'hit', reason: 'from 203.0.113.9 by the rules' },
      { conversion_id: 'other', n: 2, actor: 'user:1', reason: 'jane, too' },
    ]
    await store.db
      .insertInto('conversion_history')
      .values(reasons.map((each) => ({ ...told, ...money, ...each })))
      .execute()
    await addUpload(opened, 'preview', 'w', [visit.click_id, other.click_id])
    await addUpload(opened, 'theirs', 'other', [visit.click_id])
    await order(opened, visit.click_id)
    await eraseOpen(options)
    const history = await store.db
      .selectFrom('conversion_history')
      .select(['conversion_id', 'n', 'reason'])
      .where('n', '>', 1)
      .orderBy('conversion_id')
      .orderBy('n')
      .execute()
    expect(history.map(({ reason }) => reason)).toEqual([
      'jane, too',
      '(erased)',
      'from (erased) by the rules',
    ])
    const lines = async (id: string) =>
      (await listUploadRows(store.db, id, {}, { afterLine: 0, limit: 10 })).map(({ params }) => params)
    const kept = { payout: '1.25', txid: 'tx', time: '1', status: 'approved' }
    expect(await lines('preview')).toEqual([
      { cid: visit.click_id, ...kept },
      { cid: other.click_id, ...kept, p1: 'jane', email: 'sha256:ab' },
    ])
    expect((await lines('theirs'))[0]).toMatchObject({ p1: 'jane' })
  })

  it('reaches a click id that was hammered, in steps of which each is short', async () => {
    const opened = await open()
    const { store } = opened
    const visit = personsVisit()
    await store.db.transaction().execute(async (db) => {
      for (let n = 0; n < 450; n++) {
        await addHit(db, { id: `hit-sale-${n}`, at: visit.at, clickId: visit.click_id })
        await addConversion(db, { id: `sale-${n}`, at: visit.at, visit, state: 'pending' })
        // By a hit that named no click, as a network does that knows the sale alone.
        await addHit(db, { id: `unnamed-${n}`, at: visit.at, clickId: '' })
        await db
          .updateTable('conversion_history')
          .set({ hit_id: `unnamed-${n}` })
          .where('conversion_id', '=', `sale-${n}`)
          .where(({ eb }) => eb.val(n % 2), '=', 0)
          .execute()
      }
      const lines = Array<string>(450).fill(visit.click_id)
      await addUpload({ store: { ...store, db } }, 'file', 'w', lines)
    })
    let transactions = 0
    const db = new Proxy(store.db, {
      get: (target, name) => {
        if (name === 'transaction') transactions += 1
        const value: unknown = Reflect.get(target, name)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    await eraseClickId(
      { ...store, db },
      { workspace: 'w', clickId: visit.click_id, isOwnVisit: true },
      Date.now(),
    )
    // 450 conversions, 675 hits, 450 deliveries and 450 lines.
    expect(transactions).toBeGreaterThan(2_025 / 200)
    for (const table of TABLES) {
      const rows = await store.db.selectFrom(table).selectAll().execute()
      const own = rows.filter((row) => !/"unnamed-\d*[13579]"/.test(JSON.stringify(row)))
      expect(JSON.stringify(own), table).not.toMatch(PERSONAL)
    }
    expect(JSON.stringify(await store.db.selectFrom('upload_rows').selectAll().execute())).not.toMatch(
      PERSONAL,
    )
    const states = await store.db.selectFrom('deliveries').select('state').distinct().execute()
    expect(states).toEqual([{ state: 'cancelled' }])
    // A hit that made no conversion of the person is another's.
    expect((await getHit(store.db, { workspace: 'w', id: 'unnamed-1' }))?.request.removed).toBeUndefined()
  }, 60_000)

  async function addUpload(
    { store }: Pick<RetentionWorld, 'store'>,
    id: string,
    workspace: string,
    clickIds: readonly string[],
  ): Promise<void> {
    const params = {
      payout: '1.25',
      txid: 'tx',
      time: '1',
      status: 'approved',
      p1: 'jane',
      email: 'sha256:ab',
    }
    const rows = clickIds.map((cid, index) => ({ line: index + 1, problem: '', params: { cid, ...params } }))
    await insertUploadRows(store.db, id, rows)
    const times = { createdAt: 1, updatedAt: 1 }
    const upload = { id, workspace, name: 'f.csv', state: 'preview', jobId: '', actor: 'user:1' } as const
    await insertUpload(store.db, { ...upload, ...times })
  }

  it('takes what a platform echoed, wherever its words were written on', async () => {
    const opened = await open()
    const { store, options } = opened
    const visit = personsVisit()
    const said = 'refused_by_system: no user "ext-1" at 203.0.113.9'
    await addConversion(store.db, { id: 'sale', at: visit.at, visit })
    await store.db.updateTable('deliveries').set({ state: 'dead', reason: said }).execute()
    await store.db.updateTable('delivery_attempts').set({ error: said }).execute()
    const health = { failing_since: 1, steady_since: 1, failures_in_row: 1, last_success_at: null }
    const masked = 'refused_by_system: no user "ext-1" at (masked)'
    await store.db
      .insertInto('target_health')
      .values([
        { ...health, target_id: 't', workspace: 'w', last_failure_at: 1, last_error: masked },
        { ...health, target_id: 'u', workspace: 'w', last_failure_at: 1, last_error: masked },
      ])
      .execute()
    const finding = { kind: 'target_failing', title: 'It fails' } as const
    for (const subjectId of ['t', 'u'])
      await openAlert(
        store.db,
        'w',
        { ...finding, subjectId, detail: { text: `The last one: ${masked}.`, path: '/' } },
        1,
      )
    const alert = await store.db
      .selectFrom('alerts')
      .select('id')
      .where('subject_id', '=', 't')
      .executeTakeFirstOrThrow()
    const about = { ...visit, click_id: '' }
    await addConversion(store.db, { id: 'told', at: visit.at, visit: about })
    await store.db
      .updateTable('deliveries')
      .set({ conversion_id: alert.id, target_id: 'channel', body: masked })
      .where('id', '=', 'delivery-told')
      .execute()
    await order(opened, visit.click_id)
    await eraseOpen(options)
    const gone = 'refused_by_system: (erased)'
    const reasons = await store.db.selectFrom('deliveries').select(['reason', 'body']).orderBy('id').execute()
    expect(reasons).toEqual([
      { reason: gone, body: '' },
      { reason: '', body: '' },
    ])
    const errors = await store.db
      .selectFrom('target_health')
      .select('last_error')
      .orderBy('target_id')
      .execute()
    expect(errors).toEqual([{ last_error: gone }, { last_error: masked }])
    const texts = await store.db.selectFrom('alerts').select('detail_json').orderBy('subject_id').execute()
    expect(texts.map(({ detail_json: detail }) => detail.includes('ext-1'))).toEqual([false, true])
    await sweepErasures(options)
    expect(opened.counts.filter(({ kind }) => kind === 'erased rows')).toHaveLength(1)
  })

  it('reaches hits of which no workspace could be told, when the visit is its own alone', async () => {
    const opened = await open()
    const { store, insert, options } = opened
    const [visit, theirs] = [personsVisit(), { ...personsVisit(), workspace: 'other' }]
    await insert([visit, theirs])
    await addHit(store.db, { id: 'stray', at: visit.at, clickId: visit.click_id, workspace: '' })
    await addHit(store.db, { id: 'theirs', at: visit.at, clickId: theirs.click_id, workspace: '' })
    await order(opened, visit.click_id)
    await order(opened, theirs.click_id)
    await eraseOpen(options)
    const ips = await store.db.selectFrom('hits').select(['id', 'ip']).orderBy('id').execute()
    expect(ips).toEqual([
      { id: 'stray', ip: '' },
      { id: 'theirs', ip: '203.0.113.9' },
    ])
  })

  it('reaches nothing of another workspace', async () => {
    const opened = await open()
    const { store, insert, options, rows } = opened
    const visit = { ...personsVisit(), workspace: 'other' }
    await insert([visit])
    await addHit(store.db, { id: 'theirs', at: visit.at, clickId: visit.click_id, workspace: 'other' })
    await order(opened, visit.click_id)
    await eraseOpen(options)
    expect(await rows('ip')).toEqual([{ ip: '203.0.113.9' }])
    expect(JSON.stringify(await store.db.selectFrom('hits').selectAll().execute())).toContain('jane')
  })
})
