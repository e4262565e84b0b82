import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { startInternalServer } from '../../src/conversions/internal-server.ts'
import { createClickIdKey } from '../../src/domain/click-id-key.ts'
import { updateOffer } from '../../src/store/offers.ts'
import { buildWorld, type World } from '../support/conversion-world.ts'
import { useStores } from '../support/databases.ts'

type Reply = { status: number; body: unknown }

describe('core on its unix socket', () => {
  const stores = useStores('sqlite')
  const cleanups: (() => unknown)[] = []
  afterEach(async () => {
    for (const clean of cleanups.splice(0).reverse()) await clean()
  })

  async function start() {
    const world = await buildWorld(await stores.open())
    const dir = mkdtempSync(join(tmpdir(), 'trailpost-sock-'))
    cleanups.push(() => rmSync(dir, { recursive: true, force: true }))
    const socketPath = join(dir, 'run', 'core.sock')
    const errors: unknown[] = []
    const open = async () =>
      await startInternalServer({
        socketPath,
        judge: world.judge,
        ledgerLookup: {
          findVisits: async (ids) => new Map([...world.visits].filter(([id]) => ids.includes(id))),
        },
        db: world.store.db,
        clickIdKey: createClickIdKey(new Uint8Array(32).fill(7)),
        clock: () => world.time.now,
        onError: (error) => errors.push(error),
      })
    const server = await open()
    cleanups.push(() => server.close())
    return { world, socketPath, server, errors, open }
  }

  function ask(socketPath: string, path: string, body?: unknown): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const outgoing = open(socketPath, path, body === undefined ? 'GET' : 'POST', resolve)
      outgoing.once('error', reject)
      outgoing.end(body === undefined ? undefined : JSON.stringify(body))
    })
  }

  /** Announces a body of so many bytes, and sends none. */
  function announce(socketPath: string, path: string, bytes: number): Promise<Reply> {
    return new Promise((resolve) => {
      const outgoing = open(socketPath, path, 'POST', (reply) => {
        outgoing.destroy()
        resolve(reply)
      })
      outgoing.setHeader('content-length', bytes)
      outgoing.flushHeaders()
    })
  }

  function open(socketPath: string, path: string, method: string, onReply: (reply: Reply) => void) {
    return request({ socketPath, path, method }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        onReply({ status: incoming.statusCode ?? 0, body: text === '' ? undefined : JSON.parse(text) })
      })
    })
  }

  async function snapshotVersion(world: World): Promise<number> {
    const row = await world.store.db.selectFrom('config_version').select('version').executeTakeFirstOrThrow()
    return row.version
  }

  it('judges hits in their order', async () => {
    const { world, socketPath } = await start()
    const hits = [
      world.hit({ cid: world.visit() }),
      world.hit({ cid: 'x' }),
      world.hit({ cid: world.visit() }),
    ]
    const reply = await ask(socketPath, '/internal/hits', { hits })
    expect(reply).toMatchObject({
      status: 200,
      body: {
        answers: [{ hit: 'hit-1', outcome: 'recorded' }, { outcome: 'unmatched' }, { outcome: 'recorded' }],
      },
    })
  })

  it('answers 503 when it can not judge, and 400 to what is no list of hits', async () => {
    const { world, socketPath, errors } = await start()
    world.fault.ledger = new Error('down')
    const hits = [world.hit({ cid: world.visit() })]
    expect(await ask(socketPath, '/internal/hits', { hits })).toMatchObject({ status: 503 })
    expect(errors).toHaveLength(1)
    expect(await ask(socketPath, '/internal/hits', { hits: [{ id: 1 }] })).toMatchObject({ status: 400 })
    expect(await announce(socketPath, '/internal/hits', 17 * 1024 * 1024)).toMatchObject({ status: 400 })
    expect(await ask(socketPath, '/internal/health')).toMatchObject({ status: 200 })
    expect(await ask(socketPath, '/other')).toMatchObject({ status: 404 })
  })

  it('tells the route of a visit that it knows', async () => {
    const { world, socketPath } = await start()
    const cid = world.visit({ path_id: 'p1', lander_id: 'l1', sub1: 'blue', tokens: { kw: 'shoes' } })
    expect(await ask(socketPath, `/internal/visits/${cid}`)).toEqual({
      status: 200,
      body: {
        clickId: cid,
        campaignId: world.campaignId,
        pathId: 'p1',
        landerId: 'l1',
        offerId: world.offerId,
        dimensions: { external_id: 'EXT-1', cost: '0.020000', sub1: 'blue', tokens: { kw: 'shoes' } },
      },
    })
    expect(await ask(socketPath, `/internal/visits/${world.clickId()}`)).toMatchObject({ status: 404 })
    expect(await ask(socketPath, '/internal/visits/forged')).toMatchObject({ status: 404 })
  })

  it('tells whether a visit has a conversion of an offer that earns', async () => {
    const { world, socketPath } = await start()
    const cid = world.visit()
    const isConverted = async (clickId: string, offerId = world.offerId) =>
      await ask(socketPath, `/internal/converted?clickId=${clickId}&offer=${offerId}`)
    const [yes, no] = [true, false].map((converted) => ({ status: 200, body: { converted } }))
    expect(await isConverted(cid)).toEqual(no)
    await ask(socketPath, '/internal/hits', { hits: [world.hit({ cid, txid: 'T1' })] })
    expect(await isConverted(cid)).toEqual(yes)
    expect(await isConverted(cid, 'other')).toEqual(no)
    expect(await isConverted(world.visit())).toEqual(no)
    expect(await isConverted('forged')).toEqual(no)
    await ask(socketPath, '/internal/hits', { hits: [world.hit({ cid, txid: 'T1', status: 'rejected' })] })
    expect(await isConverted(cid)).toEqual(no)
  })

  it('gives a newer snapshot at once, and else when the configuration changes', async () => {
    const { world, socketPath } = await start()
    const version = await snapshotVersion(world)
    expect(await ask(socketPath, '/internal/snapshot?after=-1')).toMatchObject({
      status: 200,
      body: { version },
    })
    const waiting = ask(socketPath, `/internal/snapshot?after=${version}`)
    await updateOffer(
      world.store.db,
      { workspace: world.workspaceId, id: world.offerId },
      { name: 'Renamed' },
      1,
    )
    expect(await waiting).toMatchObject({
      status: 200,
      body: { version: version + 1, offers: [{ name: 'Renamed' }] },
    })
    expect(await ask(socketPath, '/internal/snapshot?after=x')).toMatchObject({ status: 400 })
  })

  it('lets waiting edges go when it stops, and starts over a socket that a killed process left', async () => {
    const { world, socketPath, server, open } = await start()
    const waiting = ask(socketPath, `/internal/snapshot?after=${await snapshotVersion(world)}`)
    // The request has arrived once another one, sent after it, is answered.
    await ask(socketPath, '/internal/health')
    await server.close()
    expect(await waiting).toEqual({ status: 204, body: undefined })
    writeFileSync(socketPath, '')
    const again = await open()
    expect(statSync(socketPath).mode & 0o777).toBe(0o600)
    expect(await ask(socketPath, '/internal/health')).toMatchObject({ status: 200 })
    await again.close()
  })
})
