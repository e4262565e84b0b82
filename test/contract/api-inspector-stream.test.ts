import { once } from 'node:events'
import { type ClientRequest, get, type IncomingMessage } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { STREAMS_PER_WORKSPACE_MAX } from '../../src/api/inspector-stream.ts'
import { formatLiveCursor } from '../../src/api/live-cursor.ts'
import { TAIL_ROWS_MAX } from '../../src/api/live-tail.ts'
import { type JudgedHit, saveHits } from '../../src/store/hits.ts'
import type { Store } from '../../src/store/open-store.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { judgedHit } from '../support/judged-hit.ts'
import { openTestApi, type TestApi } from './api-harness.ts'
import { createWorld, type World } from './api-world.ts'

const BEGINNING = { at: Date.now() - 60_000, key: '', tags: [] }
const FROM_THE_BEGINNING = formatLiveCursor({
  hit: BEGINNING,
  conversion: BEGINNING,
  delivery: BEGINNING,
  attempt: BEGINNING,
})

type Told = { readonly event: string; readonly id: string; readonly data: Readonly<Record<string, unknown>> }

/** A reader at the other end of a socket. */
class Reader {
  readonly told: Told[] = []
  readonly answer: IncomingMessage
  readonly #request: ClientRequest
  #text = ''
  readonly ended: Promise<void>

  constructor(request: ClientRequest, answer: IncomingMessage) {
    this.#request = request
    this.answer = answer
    this.ended = new Promise((resolve) => answer.on('close', resolve))
    answer.setEncoding('utf8')
    answer.on('error', () => {}) // cut off: told by the close
  }

  static async open(port: number, world: World, query = '', headers: Record<string, string> = {}) {
    const authorization = `Bearer ${world.keys.viewer}`
    const path = `/api/v1/inspector/stream${query}`
    const request = get({ host: '127.0.0.1', port, path, headers: { authorization, ...headers } })
    request.on('error', () => {})
    const [answer] = (await once(request, 'response')) as [IncomingMessage]
    return new Reader(request, answer)
  }

  read(): this {
    this.answer.on('data', (text: string) => {
      this.#text += text
      const frames = this.#text.split('\n\n')
      this.#text = frames.pop() ?? ''
      for (const frame of frames) {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(frame)?.[1] ?? ''
        if (field('event') === '') continue
        this.told.push({ event: field('event'), id: field('id'), data: JSON.parse(field('data')) })
      }
    })
    return this
  }

  async until(condition: (told: readonly Told[]) => boolean): Promise<void> {
    while (!condition(this.told)) await new Promise((resolve) => setTimeout(resolve, 10))
  }

  ids(): readonly unknown[] {
    return this.told.map(({ data }) => data.id)
  }

  /** Without repeats: the webhooks of the world are deliveries too. */
  events(): readonly string[] {
    return [...new Set(this.told.map(({ event }) => event))].sort()
  }

  leave(): void {
    this.#request.destroy()
  }
}

let api: TestApi | undefined
const readers: Reader[] = []

async function openWorld(stores: Parameters<typeof openTestApi>[0]) {
  api = await openTestApi(stores)
  const world = await createWorld(api, 'ALPHA')
  await bringNear(api.store)
  await api.app.listen({ host: '127.0.0.1', port: 0 })
  const address = api.app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const open = async (query = '', headers: Record<string, string> = {}) => {
    const reader = await Reader.open(port, world, query, headers)
    readers.push(reader)
    return reader
  }
  return { api, world, port, open }
}

afterEach(async () => {
  for (const reader of readers.splice(0)) reader.leave()
  await api?.app.close()
  api = undefined
})

describe.each(SQL_ENGINES)('the live stream on %s', (engine) => {
  const stores = useStores(engine)

  it('tells of a hit, conversion, delivery and attempt that any process wrote, and of no other workspace’s', async () => {
    const { api, world, open } = await openWorld(stores)
    await createWorld(api, 'BETA')
    const reader = (await open('?follow=false', { 'last-event-id': FROM_THE_BEGINNING })).read()
    await reader.ended
    expect(reader.events()).toEqual(['attempt', 'conversion', 'delivery', 'hit'])
    expect(JSON.stringify(reader.told)).not.toContain('BETA')
    expect(JSON.stringify(reader.told)).not.toContain(`${world.mark}-token`)
    const conversion = reader.told.find(({ event }) => event === 'conversion')
    expect(conversion?.data).toMatchObject({ id: world.ids.conversions, transition: { n: 1 } })
    const attempt = reader.told.find(({ event }) => event === 'attempt')
    expect(attempt?.data).toMatchObject({ n: 1, delivery: { id: world.ids.deliveries } })
  })

  it('tells of what happens while it is read, in order, and each once', async () => {
    const { api, world, open } = await openWorld(stores)
    const reader = (await open()).read()
    const now = Date.now()
    await saveHits(api.store.db, [hit(world, 'a', now), hit(world, 'b', now)])
    await reader.until((told) => told.length >= 2)
    // It was received before, and judged after.
    await saveHits(api.store.db, [hit(world, 'c', now + 5), hit(world, 'late', now - 2_000)])
    await reader.until((told) => told.length >= 4)
    expect(reader.ids()).toEqual(['a', 'b', 'late', 'c'])
  })

  it('goes on behind the last event that was read', async () => {
    const { api, world, open } = await openWorld(stores)
    const first = (await open('?kind=hits')).read()
    await saveHits(api.store.db, [hit(world, 'a', Date.now())])
    await first.until((told) => told.length >= 1)
    const lastId = first.told.at(-1)?.id ?? ''
    first.leave()
    await saveHits(api.store.db, [hit(world, 'b', Date.now() + 1), hit(world, 'c', Date.now() + 2)])
    const second = (await open('?kind=hits&follow=false', { 'last-event-id': lastId })).read()
    await second.ended
    expect(second.ids()).toEqual(['b', 'c'])
  })

  it('tells a reader that comes again of what became visible late, and of nothing twice', async () => {
    const { api, world, open } = await openWorld(stores)
    const now = Date.now()
    const first = (await open('?kind=hits')).read()
    await saveHits(api.store.db, [hit(world, 'a', now - 1_000), hit(world, 'b', now + 100)])
    await first.until((told) => told.length >= 1)
    await saveHits(api.store.db, [hit(world, 'c', now + 200)])
    await first.until((told) => told.some(({ data }) => data.id === 'c'))
    const lastId = first.told.at(-1)?.id ?? ''
    first.leave()
    await saveHits(api.store.db, [hit(world, 'late', now - 8_000), hit(world, 'd', now + 300)])
    const second = (await open('?kind=hits&follow=false', { 'last-event-id': lastId })).read()
    await second.ended
    expect(second.ids()).toEqual(['late', 'd'])
  })

  it.each([
    ['?kind=hits', ['hit']],
    ['?kind=hits&kind=conversions', ['conversion', 'hit']],
    ['?kind=deliveries', ['attempt', 'delivery']],
    ['?kind=hits&outcome=rejected', []],
    ['?kind=hits&campaignId=nowhere', []],
    ['?kind=conversions&state=approved', ['conversion']],
    ['?kind=conversions&state=rejected', []],
    ['?kind=deliveries&targetId=nowhere', []],
    ['?kind=deliveries&affiliateNetworkId=nowhere&campaignId=nowhere&affiliateId=nowhere', []],
    ['?affiliateId=nowhere&affiliateNetworkId=nowhere', []],
  ])('%s tells of that alone', async (query, events) => {
    const { open } = await openWorld(stores)
    const reader = (await open(`${query}&follow=false`, { 'last-event-id': FROM_THE_BEGINNING })).read()
    await reader.ended
    expect(reader.events()).toEqual(events)
  })
})

describe('a live stream', () => {
  const stores = useStores('sqlite')

  it('is not held back on its way', async () => {
    const { open } = await openWorld(stores)
    const { headers, statusCode } = (await open()).answer
    expect(statusCode).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    })
  })

  it('tells a reader that was slow how much it missed, and buffers none of it', async () => {
    const { api, world, open } = await openWorld(stores)
    const reader = await open('?kind=hits')
    const long = 'x'.repeat(20_000)
    // More than the sockets hold, look by look, and then more than one look tells.
    let sent = 0
    for (let round = 0; round < 12; round++) {
      const many = Array.from({ length: TAIL_ROWS_MAX }, () =>
        hit(world, `s${++sent}`, Date.now() + sent, long),
      )
      await saveHits(api.store.db, many)
      await new Promise((resolve) => setTimeout(resolve, 400))
    }
    reader.read()
    await reader.until((told) => told.some(({ data }) => data.id === `s${sent}`))
    const missed = reader.told
      .filter(({ event }) => event === 'missed')
      .map(({ data }) => Number(data.atLeast))
    const hits = reader.told.filter(({ event }) => event === 'hit')
    expect(missed.length).toBeGreaterThan(0)
    expect(hits.length + missed.reduce((sum, n) => sum + n, 0)).toBe(sent)
    expect(new Set(hits.map(({ data }) => data.id)).size).toBe(hits.length)
  }, 60_000)

  it('ends when the server closes, also one that nobody reads', async () => {
    const { api, world, open } = await openWorld(stores)
    const reader = (await open()).read()
    const idle = await open('?kind=hits')
    const long = 'x'.repeat(20_000)
    for (let round = 0; round < 5; round++) {
      const many = Array.from({ length: 200 }, (_, n) => hit(world, `i${round}-${n}`, Date.now() + n, long))
      await saveHits(api.store.db, many)
      await new Promise((resolve) => setTimeout(resolve, 800))
    }
    await api.app.close()
    await reader.ended
    expect(reader.told.at(-1)?.event).toBe('end')
    idle.answer.resume()
    await idle.ended
  }, 30_000)

  it('ends when its key is revoked', async () => {
    const { api, world, open } = await openWorld(stores)
    const reader = (await open()).read()
    const headers = { authorization: `Bearer ${world.keys.owner}` }
    const { items } = (await api.app.inject({ method: 'GET', url: '/api/v1/api-keys', headers })).json()
    const { id } = items.find(({ name }: { name: string }) => name === 'ALPHA viewer')
    await api.app.inject({ method: 'DELETE', url: `/api/v1/api-keys/${id}`, headers })
    await reader.ended
    expect(reader.told.at(-1)).toMatchObject({
      event: 'end',
      data: { reason: expect.stringMatching(/sign in/) },
    })
  }, 30_000)

  it('is one of a named number, and leaves its place when its reader goes', async () => {
    const { open } = await openWorld(stores)
    const opened = await Promise.all(Array.from({ length: STREAMS_PER_WORKSPACE_MAX }, () => open()))
    expect((await open()).answer.statusCode).toBe(429)
    opened[0]?.leave()
    let status = 429
    while (status === 429) {
      const again = await open()
      status = again.answer.statusCode ?? 0
      if (status === 429) await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect(status).toBe(200)
  }, 30_000)

  it('does not go on behind an event that never was', async () => {
    const { open } = await openWorld(stores)
    for (const id of ['x', base64('{"hit":[-1,"",""]}'), base64('{"hit":[1,"","tagta"]}')]) {
      expect((await open('', { 'last-event-id': id })).answer.statusCode).toBe(422)
    }
  })
})

/** What is in the world happened a while ago, and not longer ago than a stream goes back. */
async function bringNear({ db }: Store): Promise<void> {
  const at = Date.now() - 30_000
  await db.updateTable('hits').set({ received_at: at }).execute()
  await db.updateTable('conversion_history').set({ at }).execute()
  await db.updateTable('deliveries').set({ created_at: at }).execute()
  await db.updateTable('delivery_attempts').set({ started_at: at }).execute()
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64url')
}

function hit({ workspace }: World, id: string, receivedAt: number, userAgent = 'curl'): JudgedHit {
  return judgedHit(workspace, id, receivedAt, { request: { userAgent } })
}
