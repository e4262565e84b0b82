import { createServer } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { enqueueDeliveries } from '../../src/store/deliveries.ts'
import { createVault } from '../../src/store/vault.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { TEST_VAULT } from '../support/test-vault.ts'
import { openTestApi } from './api-harness.ts'
import { createWorldWithParty } from './api-party.ts'

const NOW = 1_772_366_400_000
const HOUR = 3_600_000
const cleanups: (() => Promise<unknown>)[] = []

describe.each(SQL_ENGINES)(
  'what is secret of a target, and how it is called, over the API on %s',
  (engine) => {
    const stores = useStores(engine)

    // Registered after the stores' own clean-up, hence run before it.
    afterEach(async () => {
      for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
    })

    async function open() {
      const time = { now: NOW }
      let wakes = 0
      const api = await openTestApi(stores, { clock: () => time.now, wakeDelivery: () => (wakes += 1) })
      const party = await createWorldWithParty(api, 'ALPHA')
      const caller =
        (key: string) =>
        async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, payload?: object) => {
          const headers = { authorization: `Bearer ${key}` }
          const body = payload === undefined ? {} : { payload }
          const answer = await api.app.inject({ method, url: `/api/v1/${path}`, headers, ...body })
          return {
            status: answer.statusCode,
            text: answer.body,
            body: answer.body === '' ? undefined : answer.json(),
          }
        }
      const call = caller(party.keys.manager)
      const create = async (fields: object) =>
        await call('POST', `traffic-sources/${party.ids['traffic-sources']}/notification-targets`, fields)
      const secretsOf = async (id: string) => {
        const row = await api.store.db
          .selectFrom('notification_targets')
          .select('sealed_secrets')
          .where('id', '=', id)
          .executeTakeFirstOrThrow()
        return TEST_VAULT.open(row.sealed_secrets)
      }
      return { api, party, call, portal: caller(party.key), create, secretsOf, time, wakes: () => wakes }
    }

    it('headers are written and never read; a change names those that change', async () => {
      const { call, create, secretsOf } = await open()
      const headers = { 'X-Api-Key': 'SECRET-ONE', Authorization: 'Bearer SECRET-TWO' }
      const created = await create({ url: 'https://a.example/', headers, secret: 'SIGNING' })
      expect(created).toMatchObject({
        status: 201,
        body: { headerNames: ['authorization', 'x-api-key'], hasSecret: true, systemSecretNames: [] },
      })
      const path = `notification-targets/${created.body.id}`
      const changed = await call('PATCH', path, { headers: { 'x-api-key': '', 'X-New': 'SECRET-NEW' } })
      expect(changed.body.headerNames).toEqual(['authorization', 'x-new'])
      await call('PATCH', path, { percent: 50 })
      expect(await secretsOf(created.body.id)).toEqual({
        signing: [{ secret: 'SIGNING', until: null }],
        headers: { authorization: 'Bearer SECRET-TWO', 'x-new': 'SECRET-NEW' },
        system: {},
      })
      expect((await call('PATCH', path, { secret: '' })).body).toMatchObject({ hasSecret: false })
      const shown = [created, changed, await call('GET', path), await call('GET', 'notification-targets')]
      for (const { text } of shown) expect(text).not.toMatch(/SECRET-|SIGNING/)
    })

    it.each([
      [{ host: 'x' }, 'headers.host'],
      [{ 'Content-Length': '1' }, 'headers.Content-Length'],
      [{ 'Webhook-Signature': 'v1,x' }, 'headers.Webhook-Signature'],
      [{ 'transfer-encoding': 'chunked' }, 'headers.transfer-encoding'],
      [{ 'x y': 'SECRET-1' }, 'headers.x y'],
      [{ 'x-a': 'SECRET-1\r\nx-evil: 1' }, 'headers.x-a'],
      [{ 'x-a': 'SECRET-ü' }, 'headers.x-a'],
      [{ 'x-a': 'SECRET'.repeat(1_000) }, 'headers.x-a'],
      [Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`x-${n}`, 'v'])), 'headers'],
      [Object.fromEntries(Array.from({ length: 7 }, (_, n) => [`x-${n}`, 'v'.repeat(1_000)])), 'headers'],
    ])('the headers %j are refused by name, and not repeated', async (headers, field) => {
      const { create } = await open()
      const { status, body, text } = await create({ url: 'https://a.example/', headers })
      expect([status, body.errors[0].field]).toEqual([422, field])
      expect(text).not.toContain('SECRET')
    })

    it('limits have bounds, and a pixel has no secrets', async () => {
      const { create } = await open()
      const url = 'https://a.example/'
      const limits = { maxPerMinute: 600, maxConcurrent: 4, expireHours: 48 }
      expect((await create({ url, ...limits })).body).toMatchObject(limits)
      for (const wrong of [{ maxPerMinute: 60_001 }, { maxConcurrent: -1 }, { expireHours: 2_161 }]) {
        expect(await create({ url, ...wrong })).toMatchObject({ status: 400, body: { errors: [{}] } })
      }
      expect((await create({ url, secret: 'whsec_c2hvcnQ=' })).status).toBe(400)
      expect(await create({ url: '' })).toMatchObject({ status: 422, body: { errors: [{ field: 'url' }] } })
      const pixel = { url, type: 'image', headers: { 'x-a': 'v' } }
      expect(await create(pixel)).toMatchObject({ status: 422, body: { errors: [{ field: 'secret' }] } })
    })

    it("a system's settings are shown and its credentials are not; both are judged by its rules", async () => {
      const { call, create, secretsOf } = await open()
      const meta = {
        system: 'meta',
        settings: { pixelId: '123456789012345', pageUrl: 'https://shop.example/' },
      }
      const missing = await create(meta)
      expect([missing.status, missing.body.errors[0].field]).toEqual([422, 'systemSecrets.accessToken'])
      const accessToken = `EAA${'SECRET'.repeat(10)}`
      const created = await create({ ...meta, systemSecrets: { accessToken } })
      expect(created).toMatchObject({
        status: 201,
        body: { ...meta, systemSecretNames: ['accessToken'], url: '' },
      })
      expect(created.text).not.toContain('SECRET')
      const path = `notification-targets/${created.body.id}`
      expect((await call('PATCH', path, { settings: { wrong: 'x' } })).status).toBe(422)
      expect((await call('PATCH', path, { systemSecrets: { accessToken: '' } })).status).toBe(422)
      expect((await call('PATCH', path, { bodyTemplate: 'x', method: 'POST' })).status).toBe(422)
      const plain = await call('PATCH', path, { system: '', url: 'https://a.example/' })
      expect(plain.body).toMatchObject({ system: '', settings: {}, systemSecretNames: [] })
      expect((await secretsOf(created.body.id)).system).toEqual({})
      expect((await create({ url: 'https://a.example/', settings: { pixelId: '1' } })).status).toBe(422)
    })

    it('whoever moves a target to another host gives its credentials and headers anew', async () => {
      const { call, create, secretsOf } = await open()
      const settings = { pixelId: '123456789012345', pageUrl: 'https://shop.example/' }
      const systemSecrets = { accessToken: `EAA${'SECRET'.repeat(10)}` }
      const made = await create({
        system: 'meta',
        settings,
        systemSecrets,
        headers: { 'X-Key': 'SECRET-KEY' },
      })
      const path = `notification-targets/${made.body.id}`
      const elsewhere = [
        'https://evil.example',
        'https://graph.facebook.com.evil.example',
        'https://graph.facebook.com:8443',
        'http://graph.facebook.com',
      ]
      for (const url of elsewhere) {
        const { status, body, text } = await call('PATCH', path, { url })
        const fields = body.errors.map(({ field }: { readonly field: string }) => field)
        expect([url, status, fields]).toEqual([url, 422, ['systemSecrets.accessToken', 'headers.x-key']])
        expect(text).not.toContain('SECRET')
      }
      expect(
        (await call('PATCH', path, { system: 'snapchat', url: 'https://evil.example' })).body.errors,
      ).toMatchObject([{ field: 'headers.x-key' }])
      expect((await call('GET', path)).body).toMatchObject({ url: '', system: 'meta' })
      expect((await call('PATCH', path, { url: 'https://GRAPH.facebook.com' })).status).toBe(200)
      const anew = { systemSecrets: { accessToken: 'N'.repeat(40) }, headers: { 'x-KEY': '' } }
      expect((await call('PATCH', path, { url: 'https://gateway.example', ...anew })).status).toBe(200)
      expect(await secretsOf(made.body.id)).toMatchObject({ system: anew.systemSecrets, headers: {} })
    })

    it('a plain URL keeps its headers within its host, and its signing secret everywhere', async () => {
      const { call, create, secretsOf } = await open()
      const url = 'https://a.example/one?c={clickid}'
      const made = await create({ url, secret: 'SIGNING', headers: { authorization: 'Bearer SECRET' } })
      const path = `notification-targets/${made.body.id}`
      expect((await call('PATCH', path, { url: 'https://a.example/two?c={clickid}' })).status).toBe(200)
      for (const moved of ['https://b.example/', 'https://a.example:8443/one', 'http://a.example/one'])
        expect([moved, (await call('PATCH', path, { url: moved })).status]).toEqual([moved, 422])
      const anew = { url: 'https://b.example/', headers: { authorization: '' } }
      expect((await call('PATCH', path, anew)).status).toBe(200)
      const signing = [{ secret: 'SIGNING', until: null }]
      expect(await secretsOf(made.body.id)).toMatchObject({ signing, headers: {} })
      expect((await call('PATCH', path, { url: 'https://c.example/' })).status).toBe(200)
    })

    it('a rotated secret is shown once, and the one before signs along for as long as was said', async () => {
      const { call, create, secretsOf, time } = await open()
      const { body } = await create({ url: 'https://a.example/', secret: 'OLD-SECRET' })
      const path = `notification-targets/${body.id}`
      const rotated = await call('POST', `${path}/rotate-secret`)
      expect(rotated.body.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
      expect(rotated.body.previousSecretUntil).toBe(new Date(NOW + 24 * HOUR).toISOString())
      expect((await secretsOf(body.id)).signing).toEqual([
        { secret: rotated.body.secret, until: null },
        { secret: 'OLD-SECRET', until: NOW + 24 * HOUR },
      ])
      const shown = await call('GET', path)
      expect(shown.body.previousSecretUntil).toBe(rotated.body.previousSecretUntil)
      expect(shown.text).not.toContain(rotated.body.secret)
      time.now += 24 * HOUR
      expect((await call('GET', path)).body.previousSecretUntil).toBe(null)
      const given = await call('POST', `${path}/rotate-secret`, { secret: 'GIVEN', overlapHours: 0 })
      expect(given.body).toEqual({ secret: 'GIVEN', previousSecretUntil: null })
      for (let n = 0; n < 3; n += 1) expect((await call('POST', `${path}/rotate-secret`)).status).toBe(200)
      expect(await call('POST', `${path}/rotate-secret`)).toMatchObject({
        status: 409,
        body: { code: 'too_many_secrets' },
      })
      expect((await call('POST', `${path}/rotate-secret`, { overlapHours: 169 })).status).toBe(400)
    })

    it('an affiliate rotates its own secret; staff does not, and it has neither headers nor systems', async () => {
      const { call, portal, secretsOf } = await open()
      const url = 'https://tracker.example/pb'
      const { body } = await portal('POST', 'portal/postbacks', { url, secret: 'OLD-SECRET' })
      const rotated = await portal('POST', `portal/postbacks/${body.id}/rotate-secret`, { overlapHours: 1 })
      expect(rotated.status).toBe(200)
      expect((await secretsOf(body.id)).signing.map(({ secret }) => secret)).toEqual([
        rotated.body.secret,
        'OLD-SECRET',
      ])
      const byStaff = await call('POST', `notification-targets/${body.id}/rotate-secret`)
      expect(byStaff).toMatchObject({ status: 422, body: { errors: [{ field: 'secret' }] } })
      for (const more of [{ headers: { 'x-a': 'v' } }, { system: 'meta' }, { maxPerMinute: 1 }]) {
        expect((await portal('POST', 'portal/postbacks', { url, ...more })).status).toBe(400)
      }
      const pixel = { url: 'https://tracker.example/p.gif', type: 'image' }
      const { body: image } = await portal('POST', 'portal/postbacks', pixel)
      expect((await portal('POST', `portal/postbacks/${image.id}/rotate-secret`)).status).toBe(422)
    })

    it('one that becomes active again wakes the delivery, and has a clean record', async () => {
      const { api, party, call, create, wakes } = await open()
      const { body } = await create({ url: 'https://a.example/' })
      const path = `notification-targets/${body.id}`
      const health = { failing_since: NOW, steady_since: NOW, failures_in_row: 3, last_success_at: null }
      await api.store.db
        .insertInto('target_health')
        .values({
          target_id: body.id,
          workspace: party.workspace,
          ...health,
          last_failure_at: NOW,
          last_error: 'HTTP 500',
        })
        .execute()
      const at = new Date(NOW).toISOString()
      expect((await call('PATCH', path, { status: 'paused' })).body).toMatchObject({
        status: 'paused',
        health: {
          failingSince: at,
          failuresInRow: 3,
          lastSuccessAt: null,
          lastFailureAt: at,
          lastError: 'HTTP 500',
        },
      })
      expect(wakes()).toBe(0)
      const resumed = await call('PATCH', path, { status: 'active' })
      expect(resumed.body.health).toMatchObject({ failingSince: null, failuresInRow: 0, lastError: '' })
      expect(wakes()).toBe(1)
    })

    it('a deleted one leaves nothing that waits', async () => {
      const { api, party, call, create } = await open()
      const { body } = await create({ url: 'https://a.example/' })
      const { body: other } = await create({ url: 'https://b.example/' })
      await enqueueDeliveries(
        api.store.db,
        [body.id, other.id].map((id) => waiting(party.workspace, id)),
      )
      expect((await call('DELETE', `notification-targets/${body.id}`)).status).toBe(204)
      const rows = await api.store.db
        .selectFrom('deliveries')
        .select(['id', 'state', 'reason'])
        .where('target_id', 'in', [body.id, other.id])
        .execute()
      expect(rows).toHaveLength(2)
      expect(rows).toEqual(
        expect.arrayContaining([
          { id: `to-${body.id}`, state: 'cancelled', reason: 'target deleted' },
          { id: `to-${other.id}`, state: 'pending', reason: '' },
        ]),
      )
    })

    it('the Test button fires a marked conversion, with the secrets of the target and none of them shown', async () => {
      const { call, create } = await open()
      const received: { url: string; headers: Readonly<Record<string, unknown>> }[] = []
      const server = createServer((request, response) => {
        received.push({ url: request.url ?? '', headers: request.headers })
        response.writeHead(202).end('thanks')
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      cleanups.push(() => new Promise((resolve) => server.close(resolve)))
      const address = server.address()
      const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/pb`
      const secrets = { secret: 'SIGNING', headers: { 'X-Api-Key': 'SECRET-KEY' } }
      const { body } = await create({ url: `${url}?c={externalid}&t={txid}&s={status}`, ...secrets })
      const fired = await call('POST', `notification-targets/${body.id}/test`)
      expect(fired.body).toMatchObject({
        kind: 'call',
        ok: true,
        request: { method: 'GET', headers: { 'x-api-key': '***' } },
        answer: { status: 202, body: 'thanks' },
      })
      expect(fired.text).not.toContain('SECRET-KEY')
      expect(received).toMatchObject([{ headers: { 'x-api-key': 'SECRET-KEY' } }])
      expect(received[0]?.url).toMatch(/^\/pb\?c=test-[^&]+&t=test&s=approved$/)
      expect(received[0]?.headers['webhook-signature']).toMatch(/^v1,/)
      const noOffer = await call('POST', `notification-targets/${body.id}/test`, { offerId: 'none' })
      expect(noOffer).toMatchObject({ status: 422, body: { errors: [{ field: 'offerId' }] } })
    })

    it('secrets sealed under another TRAILPOST_SECRET are said to be unreadable, and can be given anew', async () => {
      const { api, call, create, secretsOf } = await open()
      const { body } = await create({ url: 'https://a.example/', secret: 'LOST' })
      const foreign = createVault(Buffer.alloc(32, 9)).seal({
        signing: [{ secret: 'LOST', until: null }],
        headers: {},
        system: {},
      })
      await api.store.db
        .updateTable('notification_targets')
        .set({ sealed_secrets: foreign })
        .where('id', '=', body.id)
        .execute()
      const path = `notification-targets/${body.id}`
      expect((await call('GET', path)).body).toMatchObject({ areSecretsReadable: false, hasSecret: false })
      expect((await call('POST', `${path}/rotate-secret`)).body).toMatchObject({ code: 'secrets_unreadable' })
      expect((await call('PATCH', path, { secret: 'FOUND' })).body).toMatchObject({
        areSecretsReadable: true,
      })
      expect((await secretsOf(body.id)).signing).toEqual([{ secret: 'FOUND', until: null }])
    })
  },
)

function waiting(workspace: string, targetId: string) {
  return {
    id: `to-${targetId}`,
    workspace,
    conversion_id: 'c1',
    transition: 1,
    target_id: targetId,
    click_id: '',
    type: 'postback',
    method: 'GET',
    url: 'https://a.example/',
    body: '',
    content_type: '',
    state: 'pending',
    reason: '',
    due_at: NOW,
    lease_owner: null,
    lease_until: null,
    attempts: 0,
    attempts_before: 0,
    created_at: NOW,
    updated_at: NOW,
  } as const
}
