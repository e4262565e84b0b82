import { createServer } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import type { ApiDeps } from '../../src/api/api-deps.ts'
import { issueApiKey } from '../../src/api/api-key.ts'
import { openAlert } from '../../src/store/alerts.ts'
import { createWorkspace } from '../../src/store/workspaces.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { PLAIN_WORKSPACE } from '../support/field-defaults.ts'
import { openTestApi } from './api-harness.ts'

const HOOK = 'https://pager.example/hook'
const SLACK = 'https://hooks.slack.com/services/T000/B000/verysecret'
const cleanups: (() => Promise<unknown>)[] = []

describe.each(SQL_ENGINES)('channels of alerts on %s', (engine) => {
  const stores = useStores(engine)

  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  })

  async function open(changes: Partial<ApiDeps> = {}) {
    const api = await openTestApi(stores, { hasMail: true, ...changes })
    const { id: workspace } = await createWorkspace(api.store.db, PLAIN_WORKSPACE, Date.now())
    const owner = { workspace, name: 'owner', role: 'owner' } as const
    const { key } = await issueApiKey(api.store.db, owner, Date.now())
    const headers = { authorization: `Bearer ${key}` }
    return {
      db: api.store.db,
      workspace,
      send: async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) => {
        const request = { method, url: `/api/v1${path}`, headers, ...(body && { payload: body }) }
        const answer = await api.app.inject(request)
        return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() }
      },
    }
  }

  it('are made, shown without their secrets, changed and deleted', async () => {
    const { send } = await open()
    const made = await send('POST', '/alert-channels', {
      system: 'slack',
      systemSecrets: { webhookUrl: SLACK },
    })
    expect(made).toMatchObject({
      status: 201,
      body: { system: 'slack', secret: '', systemSecretNames: ['webhookUrl'], hasSecret: false },
    })
    const { id } = made.body
    const email = await send('POST', '/alert-channels', {
      system: 'email',
      settings: { to: 'ada@example.com' },
    })
    expect(email).toMatchObject({ status: 201, body: { settings: { to: 'ada@example.com' } } })
    const hook = await send('POST', '/alert-channels', { system: 'webhook', url: HOOK })
    expect(hook.body.secret).toMatch(/^whsec_/)
    const changed = await send('PATCH', `/alert-channels/${id}`, { status: 'paused' })
    expect(changed).toMatchObject({
      status: 200,
      body: { status: 'paused', systemSecretNames: ['webhookUrl'] },
    })
    const listed = await send('GET', '/alert-channels')
    expect(listed.body).toMatchObject({
      hasMail: true,
      items: [{ id }, { id: email.body.id }, { id: hook.body.id }],
    })
    expect(JSON.stringify([made.body, changed, listed])).not.toContain('verysecret')
    expect(JSON.stringify(listed)).not.toContain(hook.body.secret)
    expect((await send('DELETE', `/alert-channels/${id}`)).status).toBe(204)
    expect((await send('GET', `/alert-channels/${id}`)).status).toBe(404)
  })

  it('are refused when their system lacks something, or they lead here', async () => {
    const { send } = await open({ ownHosts: ['track.example.com'] })
    const refused: readonly (readonly [field: string, body: object])[] = [
      ['systemSecrets.webhookUrl', { system: 'slack' }],
      [
        'systemSecrets.webhookUrl',
        { system: 'slack', systemSecrets: { webhookUrl: 'https://evil.example/' } },
      ],
      ['settings.to', { system: 'email' }],
      ['settings.to', { system: 'email', settings: { to: 'ada@example.com\r\nBcc: eve@example.com' } }],
      ['settings.to', { system: 'email', settings: { to: 'ada@example.com, eve@example.com' } }],
      ['settings.to', { system: 'email', settings: { to: 'root@localhost' } }],
      ['url', { system: 'webhook' }],
      ['url', { system: 'webhook', url: 'https://track.example.com/postback' }],
      ['secret', { system: 'email', settings: { to: 'a@example.com' }, secret: `whsec_${'A'.repeat(43)}=` }],
    ]
    for (const [field, body] of refused) {
      expect(await send('POST', '/alert-channels', body), JSON.stringify(body)).toMatchObject({
        status: 422,
        body: { errors: [{ field }] },
      })
    }
    expect((await send('POST', '/alert-channels', { system: 'meta' })).status).toBe(400)
  })

  it('of e-mail can not be made without a mail server, which is said', async () => {
    const { send } = await open({ hasMail: false })
    const { status, body } = await send('POST', '/alert-channels', {
      system: 'email',
      settings: { to: 'ada@example.com' },
    })
    expect(status).toBe(422)
    expect(body.detail).toContain('TRAILPOST_SMTP_URL')
    expect((await send('GET', '/alert-channels')).body).toEqual({ items: [], hasMail: false })
  })

  it('send a marked message by their Test button and show what was answered', async () => {
    const { send, db } = await open()
    const sink = await openSink()
    const { body: channel } = await send('POST', '/alert-channels', { system: 'webhook', url: sink.url })
    expect(await send('POST', `/alert-channels/${channel.id}/test`)).toMatchObject({
      status: 200,
      body: { ok: true, reason: '', answer: { status: 200, body: 'thanks' } },
    })
    const [call] = sink.received
    expect(JSON.parse(call?.body ?? '')).toMatchObject({
      type: 'alert.test',
      data: { title: 'Test of an alert channel' },
    })
    expect(call?.headers['webhook-signature']).toMatch(/^v1,/)
    sink.answer.status = 500
    expect((await send('POST', `/alert-channels/${channel.id}/test`)).body).toMatchObject({
      ok: false,
      reason: 'The receiver answered 500.',
    })
    expect(await db.selectFrom('deliveries').selectAll().execute()).toEqual([])
  })

  it('are not webhooks or targets of anybody else', async () => {
    const { send } = await open()
    const { body: hook } = await send('POST', '/webhooks', { url: HOOK })
    const { body: channel } = await send('POST', '/alert-channels', { system: 'webhook', url: HOOK })
    expect((await send('GET', `/alert-channels/${hook.id}`)).status).toBe(404)
    expect((await send('DELETE', `/alert-channels/${hook.id}`)).status).toBe(404)
    expect((await send('GET', `/webhooks/${channel.id}`)).status).toBe(404)
    expect((await send('GET', '/notification-targets')).body.items).toEqual([])
  })

  it('have alerts that are listed by state, kind and subject, page by page', async () => {
    const { send, db, workspace } = await open()
    for (const subjectId of ['a', 'b', 'c']) {
      const finding = {
        kind: 'cap_reached',
        subjectId,
        title: subjectId,
        detail: { text: 't', path: '/p' },
      } as const
      await openAlert(db, workspace, finding, Date.now())
    }
    const first = await send('GET', '/alerts?limit=2&state=open')
    const second = await send('GET', `/alerts?limit=2&state=open&cursor=${first.body.nextCursor}`)
    const all = [...first.body.items, ...second.body.items]
    expect(new Set(all.map(({ subjectId }) => subjectId))).toEqual(new Set(['a', 'b', 'c']))
    expect((await send('GET', '/alerts?subjectId=b')).body.items).toHaveLength(1)
    expect((await send('GET', '/alerts?state=resolved')).body.items).toEqual([])
    expect((await send('GET', '/alerts?kind=journal_lag')).body.items).toEqual([])
    expect((await send('GET', `/alerts/${all[0].id}`)).body).toMatchObject({
      id: all[0].id,
      text: 't',
      path: '/p',
    })
  })

  it('are heard by the settings of alerts, of which those change that are given', async () => {
    const { send } = await open()
    const alerts = { quietFrom: '22:00', quietTo: '07:00', muted: ['journal_lag'] }
    expect((await send('PATCH', '/settings', { alerts })).body.alerts).toMatchObject(alerts)
    const changed = await send('PATCH', '/settings', { alerts: { targetFailingMinutes: 5 } })
    expect(changed.body.alerts).toMatchObject({ ...alerts, targetFailingMinutes: 5, deliveryLagMinutes: 10 })
    expect(await send('PATCH', '/settings', { alerts: { quietTo: '' } })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'alerts.quietTo' }] },
    })
    for (const bad of [{ quietFrom: '24:00' }, { muted: ['noise'] }, { journalLagSeconds: 1 }]) {
      expect((await send('PATCH', '/settings', { alerts: bad })).status).toBe(400)
    }
  })
})

async function openSink() {
  const received: { headers: Record<string, unknown>; body: string }[] = []
  const answer = { status: 200 }
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    request.on('end', () => {
      received.push({ headers: request.headers, body })
      response.writeHead(answer.status).end('thanks')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { url: `http://127.0.0.1:${port}/`, received, answer }
}
