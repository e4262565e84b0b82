import { createHash, createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { findLayout } from '../../src/conversions/upload-columns.ts'
import { readRow } from '../../src/conversions/upload-row.ts'
import { listConversions } from '../../src/store/conversions.ts'
import { getHit } from '../../src/store/hits.ts'
import type { Store } from '../../src/store/open-store.ts'
import { buildWorld, WORLD_NOW, type World } from '../support/conversion-world.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'

const EMAIL = 'Ann.Lee@Gmail.com'
const PHONE = '+1 (555) 010-0100'
const PERSON = { email: EMAIL, phone: PHONE }
const HASHES = {
  emailSha256: sha256('ann.lee@gmail.com'),
  emailGoogleSha256: sha256('annlee@gmail.com'),
  emailMicrosoftSha256: sha256('annlee@gmail.com'),
  phoneSha256: sha256('15550100100'),
  phonePlusSha256: sha256('+15550100100'),
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

describe.each(SQL_ENGINES)('who converted, on %s,', (engine) => {
  const stores = useStores(engine)

  async function persons({ store, workspaceId }: World) {
    const { items } = await listConversions(store.db, workspaceId, {}, { limit: 10 })
    return items.map(({ person }) => person)
  }

  /** Of every row of every table. */
  async function everything({ db }: Store): Promise<string> {
    const tables = await db.introspection.getTables()
    const rows = await Promise.all(
      tables.map(({ name }) =>
        db
          .selectFrom(name as 'hits') // any table: its columns are not looked at by name
          .selectAll()
          .execute(),
      ),
    )
    expect(tables.length).toBeGreaterThan(20)
    return JSON.stringify(rows)
  }

  it('is kept as hashes with consent, and not at all without', async () => {
    const world = await buildWorld(await stores.open())
    await world.judge.judge([world.hit({ cid: world.visit(), ...PERSON, consent: 'yes' })])
    expect(await persons(world)).toEqual([HASHES])
    const other = await buildWorld(await stores.open())
    await other.judge.judge([other.hit({ cid: other.visit(), ...PERSON, consent: '0' })])
    expect(await persons(other)).toEqual([null])
  })

  it('is added by a later hit of the same conversion', async () => {
    const world = await buildWorld(await stores.open())
    const cid = world.visit()
    await world.judge.judge([world.hit({ cid, txid: 'T1', status: 'pending' })])
    const later = { cid, txid: 'T1', status: 'approved', em: EMAIL, consent: '1' }
    await world.judge.judge([world.hit(later)])
    expect(await persons(world)).toEqual([{ ...HASHES, phoneSha256: '', phonePlusSha256: '' }])
  })

  it('stands in plain in no table, whatever becomes of the hit', async () => {
    const world = await buildWorld(await stores.open())
    await world.target()
    const cid = world.visit()
    const agreed = { ...PERSON, consent: '1' }
    await world.judge.judge([
      world.hit({ cid, txid: 'T1', ...agreed }),
      world.hit({ cid, txid: 'T1', ...agreed }),
      world.hit({ cid, txid: 'T2', em: EMAIL, ph: PHONE }),
      world.hit({ cid: world.clickId(), ...agreed }),
      world.hit({ cid, payout: 'much', ...PERSON }),
      world.hit({ cid, test: '1', ...agreed }),
      world.hit({ cid, ...PERSON }, { kind: 'update' }),
      world.hit({ cid, txid: 'T3' }, { kind: 'image', referrer: `https://shop.example/?email=${EMAIL}` }),
    ])
    const kept = await everything(world.store)
    expect(kept).toContain(HASHES.emailSha256)
    for (const plain of [EMAIL, encodeURIComponent(EMAIL), PHONE, '010-0100', '5550100', 'nn.lee']) {
      expect(kept.toLowerCase()).not.toContain(plain.toLowerCase())
    }
    const { workspaceId: workspace } = world
    const hit = await getHit(world.store.db, { workspace, id: 'hit-3' })
    expect(hit?.request).toMatchObject({ rawQuery: `cid=${cid}&txid=T2&em=***&ph=***` })
  })

  it('is the same when a hit that came before its visit is judged again, signed as it was', async () => {
    const world = await buildWorld(await stores.open(), { network: { signingSecret: 'shh' } })
    const cid = world.clickId()
    const sent = new URLSearchParams({ cid, ...PERSON, consent: '1', ts: String(WORLD_NOW / 1_000) })
    const signed = (secret: string) => {
      const sig = createHmac('sha256', secret).update(sent.toString()).digest('hex')
      const rawQuery = `${sent.toString()}&sig=${sig}`
      return world.hit({}, { rawQuery, params: [...new URLSearchParams(rawQuery)] })
    }
    const hits = [signed('shh'), signed('forged')]
    expect(await world.judge.judge(hits)).toMatchObject([{ outcome: 'unmatched' }, { outcome: 'unmatched' }])
    const [visit] = world.visits.values()
    expect(visit).toBeUndefined()
    const known = world.visits.get(world.visit())
    if (known === undefined) throw new Error('no visit')
    world.visits.set(cid, { ...known, visit: { ...known.visit, click_id: cid } })
    const key = (id: string) => ({ workspace: world.workspaceId, id })
    const kept = await Promise.all(hits.map(({ id }) => getHit(world.store.db, key(id))))
    const requests = kept.flatMap((hit) => (hit === undefined ? [] : [hit.request]))
    expect(await world.judge.rejudge(requests)).toMatchObject([
      { outcome: 'recorded' },
      { outcome: 'unauthorized', reason: 'the signature is wrong' },
    ])
    expect(await persons(world)).toEqual([HASHES])
  })
})

describe('a row of an upload', () => {
  it('is kept without the person in plain', () => {
    const cid = '0'.repeat(26)
    const layout = findLayout(['click id', 'Email', 'phone_number', 'consent'])
    if (layout.type !== 'header') throw new Error('no header')
    const read = (consent: string) => readRow([cid, EMAIL, PHONE, consent], layout, WORLD_NOW)
    expect(read('yes')).toEqual({
      ok: true,
      params: {
        cid,
        email: `sha256:${HASHES.emailSha256},${HASHES.emailGoogleSha256},${HASHES.emailMicrosoftSha256}`,
        phone: `sha256:${HASHES.phoneSha256},${HASHES.phonePlusSha256}`,
        consent: 'yes',
      },
    })
    expect(read('')).toMatchObject({ ok: true, params: { email: '***', phone: '***' } })
  })
})
