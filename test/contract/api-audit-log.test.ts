import { describe, expect, it } from 'vitest'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { openTestApi } from './api-harness.ts'
import { createWorld } from './api-world.ts'

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

describe.each(SQL_ENGINES)('the audit log on %s', (engine) => {
  const stores = useStores(engine)

  async function open({ signedIn } = { signedIn: false }) {
    // Later than what parts with a clock of their own write, and no two at once.
    let now = Date.now() + 3_600_000
    const api = await openTestApi(stores, { clock: () => (now += 1_000) })
    const world = await createWorld(api, 'ALPHA', { signedIn })
    const call = async (method: Method, path: string, payload?: object) => {
      const headers = signedIn ? { cookie: world.cookie } : { authorization: `Bearer ${world.keys.owner}` }
      const url = `/api/v1/${path}`
      const answer = await api.app.inject({
        method,
        url,
        headers,
        ...(payload === undefined ? {} : { payload }),
      })
      return answer.body === '' ? undefined : answer.json()
    }
    const entries = async (query: string) => (await call('GET', `audit-log?${query}`)).items
    return { api, world, call, entries }
  }

  it('says of a change from what to what, as the API shows it, and PATCH takes back', async () => {
    const { world, call, entries } = await open()
    const id = world.ids.offers
    const before = await call('GET', `offers/${id}`)
    await call('PATCH', `offers/${id}`, { name: 'New', payout: '1.25', countries: [], tags: ['a'] })
    const [entry] = await entries(`subjectType=offer&subjectId=${id}`)
    expect(entry).toMatchObject({
      action: 'offer.update',
      subjectName: 'New',
      actorKind: 'key',
      actorName: 'ALPHA owner',
    })
    // What stays as it was is no change.
    expect(entry.fields).toEqual(['name', 'payout', 'tags'])
    expect(entry.changes).toEqual({
      name: { before: 'ALPHA offers', after: 'New' },
      payout: { before: null, after: '1.25' },
      tags: { before: [], after: ['a'] },
    })
    const undo = Object.entries<{ before: unknown }>(entry.changes).map(([name, change]) => [
      name,
      change.before,
    ])
    const undone = await call('PATCH', `offers/${id}`, Object.fromEntries(undo))
    expect({ ...undone, updatedAt: '' }).toEqual({ ...before, updatedAt: '' })
  })

  it('keeps of secrets that they changed, and never what they are', async () => {
    const { api, world, call, entries } = await open()
    await call('PATCH', `affiliate-networks/${world.ids['affiliate-networks']}`, {
      token: 'hush',
      signingSecret: 'hush',
      name: 'N',
    })
    const { billing } = await call('GET', `advertisers/${world.ids.advertisers}`)
    await call('PATCH', `advertisers/${world.ids.advertisers}`, {
      token: 'hush-1',
      nextToken: 'hush-2',
      signingSecret: 'hush',
      note: 'hush',
      billing: { ...billing, taxId: 'hush' },
    })
    await call('PATCH', `landers/${world.ids.landers}`, {
      protection: { secret: 'hush-hush-hush-hush', minutes: 5 },
    })
    await call('PATCH', `affiliates/${world.ids.affiliates}`, {
      payment: { method: 'wire', details: 'hush' },
      note: 'hush',
    })
    const rows = await api.store.db.selectFrom('audit_log').selectAll().execute()
    expect(JSON.stringify(rows)).not.toContain('hush')
    const [network] = await entries('action=affiliate_network.update')
    expect(network).toMatchObject({
      fields: ['name', 'token', 'signingSecret'],
      changes: { name: { after: 'N' } },
    })
    const [advertiser] = await entries('action=advertiser.update')
    expect(advertiser).toMatchObject({
      fields: expect.arrayContaining(['token', 'signingSecret', 'nextToken', 'billing', 'note']),
      changes: {},
    })
    expect((await entries('action=lander.update'))[0]).toMatchObject({ fields: ['protection'], changes: {} })
    expect((await entries('action=affiliate.update'))[0]).toMatchObject({
      fields: expect.arrayContaining(['payment', 'note']),
      changes: {},
    })
  })

  it('keeps of URLs all but what looks secret, and says so', async () => {
    const { api, world, call, entries } = await open()
    const id = world.ids.offers
    await call('PATCH', `offers/${id}`, { url: 'https://o.example/?apikey=hush-1&cid={clickid}', name: 'N' })
    await call('PATCH', `offers/${id}`, { url: 'https://o.example/?cid={clickid}' })
    const url = 'https://l.example/?sig=hush-2'
    await call('PATCH', `landers/${world.ids.landers}`, { url })
    await call('PATCH', `campaigns/${world.ids.campaigns}`, { fallbackUrl: url })
    const rows = await api.store.db.selectFrom('audit_log').selectAll().execute()
    expect(JSON.stringify(rows)).not.toContain('hush')
    const [second, first] = await entries('action=offer.update')
    const masked = 'https://o.example/?apikey=***&cid={clickid}'
    expect(first.changes.name).toEqual({ before: 'ALPHA offers', after: 'N' })
    expect(first.changes.url).toMatchObject({ after: masked, isMasked: true })
    expect(second.changes.url).toEqual({
      before: masked,
      after: 'https://o.example/?cid={clickid}',
      isMasked: true,
    })
    const [lander] = await entries('action=lander.update')
    expect(lander.changes.url).toMatchObject({ after: 'https://l.example/?sig=***', isMasked: true })
    const [campaign] = await entries('action=campaign.update')
    expect(campaign.changes.fallbackUrl).toMatchObject({ isMasked: true })
  })

  it('says of webhooks, channels and targets what changed, and of their secrets that they did', async () => {
    const { api, world, call, entries } = await open()
    const url = (key: string) => `https://hooks.example/?key=${key}&id={clickid}`
    const secret = (text: string) => `whsec_${Buffer.from(text.repeat(8)).toString('base64')}`
    const hook = await call('POST', 'webhooks', { url: url('hush-1') })
    await call('PATCH', `webhooks/${hook.id}`, {
      url: url('hush-2'),
      status: 'paused',
      secret: secret('hush'),
    })
    await call('PATCH', `webhooks/${hook.id}`, { secret: secret('hash') })
    const channel = await call('POST', 'alert-channels', { system: 'webhook', url: 'https://hooks.example/' })
    await call('PATCH', `alert-channels/${channel.id}`, { status: 'disabled' })
    const source = world.ids['traffic-sources']
    const target = await call('POST', `traffic-sources/${source}/notification-targets`, {
      url: url('hush-3'),
    })
    const headers = { 'X-Key': 'hush-4' }
    await call('PATCH', `notification-targets/${target.id}`, {
      percent: 50,
      headers,
      bodyTemplate: 'hush',
      method: 'POST',
    })
    const rows = await api.store.db.selectFrom('audit_log').selectAll().execute()
    expect(JSON.stringify(rows)).not.toContain('hush')
    const [second, first] = await entries('action=webhook.update')
    expect(second).toMatchObject({ fields: ['secret'], changes: {} })
    expect(first.fields.toSorted()).toEqual(['secret', 'status', 'url'])
    expect(first.changes).toEqual({
      status: { before: 'active', after: 'paused' },
      url: { before: url('***'), after: url('***'), isMasked: true },
    })
    expect((await entries('action=alert_channel.update'))[0].changes).toEqual({
      status: { before: 'active', after: 'disabled' },
    })
    const [changed] = await entries('action=notification_target.update')
    expect(changed.fields).toEqual(expect.arrayContaining(['percent', 'headers', 'bodyTemplate', 'method']))
    expect(changed.changes).toEqual({
      method: { before: 'GET', after: 'POST' },
      percent: { before: 100, after: 50 },
    })
  })

  it('keeps the names alone of a change that is very long', async () => {
    const { world, call, entries } = await open()
    const tags = Array.from({ length: 10 }, (_, n) => `tag-${n}`)
    await call('PATCH', `offers/${world.ids.offers}`, { tags })
    expect((await entries('action=offer.update'))[0].changes.tags.after).toEqual(tags)
    const agreement = 'x'.repeat(40_000)
    await call('PATCH', 'settings', { network: { agreement }, name: 'Short' })
    expect((await entries('action=settings.'))[0]).toMatchObject({ fields: ['name', 'network'], changes: {} })
  })

  it('says what settings, rates and roles were before', async () => {
    const { call, entries } = await open({ signedIn: true })
    await call('PATCH', 'settings', { attributionWindowDays: 10 })
    await call('PATCH', 'settings/currency-rates', { perUsd: { EUR: '0.9' } })
    await call('PATCH', 'settings/currency-rates', { perUsd: { EUR: '0.8' } })
    const person = { name: 'Bob', email: 'bob@example.com', password: 'correct horse battery' }
    const member = await call('POST', 'members', { ...person, role: 'viewer' })
    await call('PATCH', `members/${member.id}`, { role: 'manager' })
    expect(await entries('limit=5')).toMatchObject([
      {
        action: 'member.update',
        subjectName: 'Bob',
        changes: { role: { before: 'viewer', after: 'manager' } },
      },
      { action: 'member.create' },
      { action: 'currency_rates.update', changes: { EUR: { before: '0.9', after: '0.8' } } },
      { action: 'currency_rates.update' },
      { action: 'settings.update', changes: { attributionWindowDays: { before: 30, after: 10 } } },
    ])
    const [latest] = await entries('limit=1')
    expect(latest).toMatchObject({ actorKind: 'person', actorName: 'Ada', actorEmail: 'alpha@example.com' })
  })

  it('is filtered by who, what and when, in pages that miss and repeat nothing', async () => {
    const { world, call, entries } = await open()
    const all: { id: string; at: string; actor: string; action: string }[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page: { items: typeof all; nextCursor: string | null } = await call(
        'GET',
        `audit-log?limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`,
      )
      all.push(...page.items)
      cursor = page.nextCursor
    }
    expect(all.length).toBeGreaterThan(10)
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
    expect(all.map(({ at }) => at)).toEqual(
      all
        .map(({ at }) => at)
        .toSorted()
        .reverse(),
    )
    // An underscore is itself, not any character.
    expect(await entries('action=affiliate_network')).toHaveLength(1)
    expect(await entries('action=affiliate%25')).toEqual([])
    expect(await entries(`actor=${all[0]?.actor}&limit=200`)).toHaveLength(
      all.filter((entry) => entry.actor === all[0]?.actor).length,
    )
    expect(await entries('actor=user:nobody')).toEqual([])
    const [newest, second] = all
    expect(await entries(`from=${newest?.at}`)).toMatchObject([{ id: newest?.id }])
    expect((await entries(`to=${newest?.at}`))[0]).toMatchObject({ id: second?.id })
    expect(await entries(`subjectType=campaign&subjectId=${world.ids.campaigns}`)).toMatchObject([
      { action: 'campaign.create', subjectName: 'ALPHA campaigns', fields: [], changes: {} },
    ])
  })
})
