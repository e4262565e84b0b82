import { describe, expect, it } from 'vitest'
import { issueApiKey } from '../../src/api/api-key.ts'
import { UPLOAD_LIMITS } from '../../src/conversions/upload-limits.ts'
import { createWorkspace } from '../../src/store/workspaces.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { PLAIN_WORKSPACE } from '../support/field-defaults.ts'
import { type ConversionsRig, openConversionsRig } from './api-conversions-rig.ts'

describe.each(SQL_ENGINES)('an upload of conversions on %s', (engine) => {
  const stores = useStores(engine)

  it('is a preview of which nothing counts: problems by line, first rows and the effect', async () => {
    const rig = await openConversionsRig(stores)
    const [one, two] = [rig.world.visit(), rig.world.visit()]
    await rig.send('POST', '/conversions', { clickId: two, payout: '9' })
    const csv = `Click ID,Revenue,Currency,Notes\n${one},1.50,USD,"a, b"\n${two},2,USD,\n${one},abc,USD,\n`
    const { status, body } = await rig.upload(csv)
    expect(status).toBe(201)
    expect(body).toMatchObject({ name: 'file.csv', state: 'preview', rows: 3, broken: 1 })
    expect(body.problems).toEqual([{ line: 4, reason: 'payout "abc": not a number' }])
    expect(body.firstRows[0]).toEqual({ line: 2, params: { cid: one, payout: '1.50', currency: 'USD' } })
    expect(body.effect).toEqual({
      rows: 2,
      alreadyConverted: 1,
      amounts: [{ currency: 'USD', rows: 2, amount: '3.5' }],
      withoutAmount: 0,
    })
    expect(await rig.conversions()).toHaveLength(1)
  })

  it('says of each line what it would do, keeps nothing of that, and finds lines by it', async () => {
    const rig = await openConversionsRig(stores)
    const [one, two, three] = [rig.world.visit(), rig.world.visit(), rig.world.visit()]
    await rig.send('POST', '/conversions', { clickId: two, payout: '2', txid: 'T2', status: 'pending' })
    const csv = [`${one},1.5,T1`, `${two},2,T2,approved`, `${one},1.5,T1`, 'nonsense', `${three},7`]
    const { body: preview } = await rig.upload(`${csv.join('\n')}\n`)
    expect(preview.forecasts).toEqual({ recorded: 2, updated: 1, duplicate: 1 })
    const load = async (query: string) =>
      (await rig.send('GET', `/conversion-uploads/${preview.id}${query}`)).body.rowsPage
    expect(await load('')).toMatchObject([
      { line: 1, forecast: { outcome: 'recorded', change: { fromStatus: '', toRevenue: '1.5' } } },
      { line: 2, forecast: { outcome: 'updated', change: { fromStatus: 'pending', toStatus: 'approved' } } },
      { line: 3, forecast: { outcome: 'duplicate', change: null } },
      { line: 4, forecast: null },
      { line: 5, forecast: { outcome: 'recorded' } },
    ])
    expect(await load('?forecast=duplicate')).toMatchObject([{ line: 3 }])
    expect(await rig.conversions()).toHaveLength(1)
    const kept = await rig.api.store.db.selectFrom('hits').select('id').where('kind', '=', 'upload').execute()
    expect(kept).toEqual([])
    const { body: job } = await rig.send('POST', `/conversion-uploads/${preview.id}/apply`, {})
    await rig.finishJob(job.id)
    const { body: applied } = await rig.send('GET', `/conversion-uploads/${preview.id}`)
    expect(applied.outcomes).toEqual(preview.forecasts)
  })

  it('counts its good rows once it is applied, and says of each line what became of it', async () => {
    const rig = await openConversionsRig(stores)
    const [one, two] = [rig.world.visit(), rig.world.visit()]
    const { body: preview } = await rig.upload(
      `${one},1.5,T1\n${two},2,T2,hold\nnonsense,3,T3\n${one},1.5,T1\n`,
    )
    const { body: job } = await rig.send('POST', `/conversion-uploads/${preview.id}/apply`, {})
    expect(job).toMatchObject({ kind: 'conversion_upload', state: 'waiting', total: 3 })
    await rig.finishJob(job.id)
    expect(await rig.conversions()).toEqual([
      { click_id: one, event: 'sale', txid: 'T1', status: 'approved', revenue_micros: 1_500_000 },
      { click_id: two, event: 'sale', txid: 'T2', status: 'pending', revenue_micros: 2_000_000 },
    ])
    const { body } = await rig.send('GET', `/conversion-uploads/${preview.id}`)
    expect(body).toMatchObject({ state: 'applied', jobId: job.id, outcomes: { recorded: 2, duplicate: 1 } })
    expect(body.rowsPage.map((row: { line: number; outcome: string }) => [row.line, row.outcome])).toEqual([
      [1, 'recorded'],
      [2, 'recorded'],
      [3, ''],
      [4, 'duplicate'],
    ])
    const { body: conversions } = await rig.send('GET', '/conversions')
    const { body: shown } = await rig.send('GET', `/conversions/${conversions.items[0].id}`)
    expect(shown.history).toMatchObject([{ n: 1, actor: expect.stringMatching(/^key:./) }])
    const { body: problems } = await rig.send('GET', `/conversion-uploads/${preview.id}?only=problems`)
    expect(problems.rowsPage).toMatchObject([{ line: 3 }])
    const { body: page } = await rig.send('GET', `/conversion-uploads/${preview.id}?limit=2`)
    expect(page).toMatchObject({ nextAfterLine: 2 })
  })

  it('is applied once, however often that is asked for', async () => {
    const rig = await openConversionsRig(stores)
    const { body: preview } = await rig.upload(`${rig.world.visit()},5\n`)
    const path = `/conversion-uploads/${preview.id}/apply`
    const jobs = await Promise.all([rig.send('POST', path, {}), rig.send('POST', path, {})])
    expect(jobs[0].body.id).toBe(jobs[1].body.id)
    await rig.finishJob(jobs[0].body.id)
    expect((await rig.send('POST', path, {})).body).toMatchObject({ id: jobs[0].body.id, state: 'done' })
    expect(await rig.conversions()).toHaveLength(1)
  })

  it('that is interrupted after judging and before writing it down counts nothing twice', async () => {
    const rig = await openConversionsRig(stores, { network: { duplicatePolicy: 'add' } })
    const clickId = rig.world.visit()
    // Without a txid and under `add`, only the hit's own id tells a repeat from an upsell.
    const { body: preview } = await rig.upload(`${clickId},1\n${clickId},2\n`)
    const { body: job } = await rig.send('POST', `/conversion-uploads/${preview.id}/apply`, {})
    await expect(rig.interruptedJob(job.id)).rejects.toThrow('killed')
    await rig.finishJob(job.id)
    expect(await rig.conversions()).toHaveLength(2)
    expect((await rig.send('GET', `/jobs/${job.id}`)).body).toMatchObject({ state: 'done', done: 2 })
  })

  it('whose job was cancelled counts nothing more, and can be applied again', async () => {
    const rig = await openConversionsRig(stores)
    const { body: preview } = await rig.upload(`${rig.world.visit()},1\n`)
    const path = `/conversion-uploads/${preview.id}/apply`
    const { body: job } = await rig.send('POST', path, {})
    expect(await rig.send('POST', `/jobs/${job.id}/cancel`)).toMatchObject({
      status: 200,
      body: { state: 'cancelled' },
    })
    expect(await rig.send('POST', `/jobs/${job.id}/cancel`)).toMatchObject({ status: 409 })
    await rig.finishJob(job.id)
    expect(await rig.conversions()).toEqual([])
    const { body: again } = await rig.send('POST', path, {})
    await rig.finishJob(again.id)
    expect(await rig.conversions()).toHaveLength(1)
    const { body: jobs } = await rig.send('GET', '/jobs?kind=conversion_upload')
    expect(jobs.items.map(({ state }: { state: string }) => state).sort()).toEqual(['cancelled', 'done'])
  })

  it('tells the traffic source, unless it is not to be told', async () => {
    const rig = await openConversionsRig(stores)
    await rig.world.target()
    for (const notify of [true, false]) {
      const { body: preview } = await rig.upload(`${rig.world.visit()},1\n`)
      const { body: job } = await rig.send('POST', `/conversion-uploads/${preview.id}/apply`, { notify })
      await rig.finishJob(job.id)
    }
    const rows = await rig.api.store.db.selectFrom('deliveries').select('state').execute()
    expect(rows.filter(({ state }) => state === 'pending')).toHaveLength(1)
  })

  it('takes no click id of another workspace, neither in the preview nor when it is applied', async () => {
    const rig = await openConversionsRig(stores)
    const other = await createWorkspace(rig.api.store.db, PLAIN_WORKSPACE, rig.world.time.now)
    const foreign = rig.world.visit({ workspace: other.id })
    const own = rig.world.visit()
    const { body: preview } = await rig.upload(`clickid,payout\n${foreign},1\n${own},1\n`)
    expect(preview.problems).toEqual([{ line: 2, reason: 'no visit of this workspace has that click id' }])
    const found = rig.world.visits.get(own)
    if (found === undefined) throw new Error('the visit is gone')
    rig.world.visits.set(own, { ...found, visit: { ...found.visit, workspace: other.id } })
    const { body: job } = await rig.send('POST', `/conversion-uploads/${preview.id}/apply`, {})
    await rig.finishJob(job.id)
    expect(await rig.conversions()).toEqual([])
    const { body } = await rig.send('GET', `/conversion-uploads/${preview.id}`)
    expect(body.outcomes).toEqual({ unmatched: 1 })
  })

  it('belongs to its workspace alone', async () => {
    const rig = await openConversionsRig(stores)
    const stranger = await openStranger(rig)
    const { body: preview } = await rig.upload(`${rig.world.visit()},1\n`)
    expect((await stranger('GET', `/conversion-uploads/${preview.id}`)).statusCode).toBe(404)
    expect((await stranger('POST', `/conversion-uploads/${preview.id}/apply`)).statusCode).toBe(404)
    expect((await stranger('GET', '/conversion-uploads')).json().items).toEqual([])
  })

  it.each([
    ['a byte order mark and CRLF', (id: string) => `\uFEFFclickid,payout\r\n${id},1\r\n`],
    ['semicolons and a decimal comma', (id: string) => `clickid;payout\n${id};1,00\n`],
    ['tabs', (id: string) => `subid\ttid\tsum\n${id}\tX\t1\n`],
    ['quotes', (id: string) => `"Click ID","Revenue","Comment"\n"${id}","1","said ""yes"", twice"\n`],
    ['a transaction id beside a click id', (id: string) => `Click ID,Transaction ID,Payout\n${id},X,1\n`],
    ['no header', (id: string) => `${id},1\n`],
    ['a click id alone', (id: string) => `${id}\n`],
    ['named values', (id: string) => `${id}:payout=1:cnv_status=approved\n`],
    ['an amount that is automatic', (id: string) => `${id}:payout=auto\n`],
    ['empty lines', (id: string) => `\n\nclickid\n\n${id}\n\n`],
    ['no line end at the end', (id: string) => `clickid,payout\n${id},1`],
    ['carriage returns alone', (id: string) => `clickid,payout\r${id},1\r`],
    ['UTF-16', (id: string) => Buffer.from(`\uFEFFclickid\tpayout\r\n${id}\t1\r\n`, 'utf16le')],
    ['a time', (id: string) => `clickid,time\n${id},2026-11-22 09:59:30\n`],
  ])('reads a file with %s', async (_, csv) => {
    const rig = await openConversionsRig(stores)
    const id = rig.world.visit()
    const { body } = await rig.upload(csv(id))
    expect(body).toMatchObject({ rows: 1, broken: 0, problems: [] })
    expect(body.firstRows[0].params.cid).toBe(id)
  })

  it.each([
    ['an empty file', '', 'the file has no rows'],
    ['a header alone', 'clickid,payout\n', 'the file has no rows'],
    ['a header without a click id', 'payout,txid\n1,2\n', 'no column of the first line is named clickid'],
    ['too many rows', 'x\n'.repeat(UPLOAD_LIMITS.rowsMax + 1), 'split it'],
  ])('refuses %s, and keeps nothing of it', async (_, csv, reason) => {
    const rig = await openConversionsRig(stores)
    const { status, body } = await rig.upload(csv)
    expect(status).toBe(422)
    expect(body).toMatchObject({ code: 'bad_upload', detail: expect.stringContaining(reason) })
    expect(await rig.api.store.db.selectFrom('upload_rows').select('line').execute()).toEqual([])
    expect((await rig.send('GET', '/conversion-uploads')).body.items).toEqual([])
  })

  it.each([
    ['an open quote', (id: string) => `${id},"1`, 'a quote is open'],
    ['a value too many', (id: string) => `${id},1,T,approved,more`, '5 values for 4 columns'],
    ['no click id', () => ',1', 'the click id is missing'],
    ['a mistyped click id', () => `${'0'.repeat(26)},1`, 'not one of this installation'],
    ['an unknown visit', (_: string, unknown: string) => `${unknown},1`, 'no visit of this workspace'],
    ['an ambiguous amount', (id: string) => `${id},"1,234"`, 'ambiguous separator'],
    ['a NUL', (id: string) => `${id},\0`, 'not a number'],
    ['a long txid', (id: string) => `${id},1,${'x'.repeat(129)}`, 'txid is longer'],
    ['a long line', (id: string) => `${id},${'x'.repeat(20_000)}`, 'the line is longer'],
  ])('reports a row with %s by its line, and reads the rows around it', async (_, broken, reason) => {
    const rig = await openConversionsRig(stores)
    const id = rig.world.visit()
    const { body } = await rig.upload(`${id},1\n${broken(id, rig.world.clickId())}\n${id},2\n`)
    expect(body).toMatchObject({ rows: 3, broken: 1, effect: { rows: 2 } })
    expect(body.problems).toEqual([{ line: 2, reason: expect.stringContaining(reason) }])
  })

  it('refuses times before the visit and in the future, and what it does not understand', async () => {
    const rig = await openConversionsRig(stores)
    const id = rig.world.visit()
    const { body } = await rig.upload(
      `clickid,time\n${id},2020-01-01\n${id},2030-01-01T00:00:00Z\n${id},yesterday\n${id},1795341590\n`,
    )
    expect(body.problems.map((problem: { reason: string }) => problem.reason)).toEqual([
      'its time is before its visit',
      'its time is in the future',
      'time "yesterday" is not understood',
    ])
    expect(body.firstRows).toEqual([{ line: 5, params: { cid: id, time: '1795341590000' } }])
  })

  it('takes CSV on this route alone, and up to its limit', async () => {
    const rig = await openConversionsRig(stores)
    const { body: made } = await rig.upload(`${rig.world.visit()},1\n`)
    const headers = { authorization: `Bearer ${rig.managerKey}`, 'content-type': 'text/csv' }
    const post = (url: string, payload: string) =>
      rig.api.app.inject({ method: 'POST', url: `/api/v1${url}`, headers, payload })
    expect((await post(`/conversion-uploads/${made.id}/apply`, 'x')).statusCode).toBe(415)
    expect((await post('/events', 'x')).statusCode).toBe(415)
    const large = 'x'.repeat(UPLOAD_LIMITS.fileBytesMax + 1)
    expect((await post('/conversion-uploads', large)).statusCode).toBe(413)
    const json = await rig.send('POST', '/conversion-uploads', {})
    expect(json).toMatchObject({ status: 415 })
  })
})

/** Calls with a key of another workspace. */
async function openStranger(rig: ConversionsRig) {
  const { db } = rig.api.store
  const other = await createWorkspace(db, PLAIN_WORKSPACE, rig.world.time.now)
  const { key } = await issueApiKey(
    db,
    { workspace: other.id, name: 'stranger', role: 'owner' },
    rig.world.time.now,
  )
  return (method: 'GET' | 'POST', path: string) =>
    rig.api.app.inject({
      method,
      url: `/api/v1${path}`,
      headers: { authorization: `Bearer ${key}` },
      ...(method === 'POST' && { payload: {} }),
    })
}
