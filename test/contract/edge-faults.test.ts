import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import pino from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import type { JournalFiles } from '../../src/journal/files.ts'
import { JournalWriter } from '../../src/journal/journal-writer.ts'
import { nodeFiles } from '../../src/journal/node-files.ts'
import { ask, campaign, type EdgeRig, startRig, testSnapshot, until } from './edge-rig.ts'

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function temporaryDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'edge-'))
  cleanups.push(() => rm(dir, { recursive: true, force: true }))
  return dir
}

async function start(options: Parameters<typeof startRig>[0] = {}): Promise<EdgeRig> {
  const rig = await startRig(options)
  cleanups.push(() => rig.stop())
  return rig
}

/** The real file system, except that writes can be made to meet a full disk. */
function fillableDisk(): { readonly files: JournalFiles; full: boolean } {
  const disk = {
    full: false,
    files: {
      ...nodeFiles,
      create: async (path: string) => {
        const file = await nodeFiles.create(path)
        const write: typeof file.write = async (bytes, offset, length, position) => {
          if (disk.full) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
          return file.write(bytes, offset, length, position)
        }
        return { ...file, write }
      },
    },
  }
  return disk
}

describe('a full disk', () => {
  it('loses records, never visitors: counted, and said loudly but not once per request', async () => {
    const dataDir = await temporaryDir()
    const disk = fillableDisk()
    const lines: string[] = []
    const log = pino(
      { level: 'error' },
      new Writable({
        write: (chunk, _encoding, done) => {
          lines.push(String(chunk))
          done()
        },
      }),
    )
    const journal = await JournalWriter.open({
      dir: join(dataDir, 'journal', 'edge-0'),
      durability: 'disk',
      files: disk.files,
    })
    const rig = await start({ dataDir, edge: { journal, log } })
    disk.full = true
    for (let n = 0; n < 5; n += 1) {
      expect((await rig.get('/c/direct')).headers.location).toContain('https://offer.example/o1')
    }
    expect(rig.edge.metrics().counters.lostOnDiskFull).toBe(5)
    expect(lines.filter((line) => line.includes('DISK IS FULL'))).toHaveLength(1)
    // Core has the hit: its answer is true although the journal has it not.
    expect((await rig.get('/postback?cid=x')).status).toBe(200)
    await rig.core.stop()
    const refused = await rig.get('/postback?cid=x')
    expect(refused.status).toBe(503)
    expect(refused.headers['retry-after']).toBe('5')
    expect(JSON.parse(refused.text)).toMatchObject({ outcome: 'overloaded' })
    expect((await rig.get('/pixel.gif')).headers['x-trailpost-outcome']).toBe('overloaded')
    disk.full = false
    expect((await rig.get('/c/direct')).status).toBe(302)
    expect((await rig.records()).visits).toHaveLength(1)
  })

  it('that is only too slow loses records the same way, under another name', async () => {
    const dataDir = await temporaryDir()
    const journal = await JournalWriter.open({
      dir: join(dataDir, 'journal', 'edge-0'),
      durability: 'disk',
      pendingBytesMax: 10,
    })
    const rig = await start({ dataDir, edge: { journal } })
    expect((await rig.get('/c/direct')).status).toBe(302)
    expect(rig.edge.metrics().counters).toMatchObject({ lostOnOverload: 1, lostOnDiskFull: 0 })
    await rig.core.stop()
    expect((await rig.get('/postback?cid=x')).status).toBe(503)
  })
})

describe('the configuration', () => {
  it('edited while visitors come is served at once', async () => {
    const rig = await start()
    const base = testSnapshot()
    expect((await rig.get('/c/new')).headers.location).toBe('https://fallback.example/w')
    rig.core.publish({ ...base, version: 2, campaigns: [...base.campaigns, campaign('new')] })
    await until(() => rig.edge.metrics().snapshotVersion === 2)
    expect((await rig.get('/c/new')).headers.location).toContain('offer.example')
  })

  it('is kept on disk, so that an edge starts and serves without core', async () => {
    const dataDir = await temporaryDir()
    const first = await start({ dataDir })
    const file = join(dataDir, 'edge', 'snapshot.json')
    await until(async () => (await readFile(file, 'utf8').catch(() => '')) !== '')
    await first.stop()
    const second = await start({ dataDir, withoutCore: true })
    expect((await second.get('/c/direct')).status).toBe(302)
    expect(await second.get('/healthz')).toMatchObject({ status: 200 })
  })

  it('damaged on disk does not keep the edge from starting', async () => {
    const dataDir = await temporaryDir()
    await mkdir(join(dataDir, 'edge'))
    await writeFile(join(dataDir, 'edge', 'snapshot.json'), '{"format":1,"version":3,"campaigns":[{')
    const rig = await start({ dataDir })
    expect((await rig.get('/c/direct')).status).toBe(302)
  })

  it('unknown yet is a 503 for visits, while hits are taken', async () => {
    const rig = await start({ withoutCore: true })
    expect((await rig.get('/c/direct')).status).toBe(503)
    expect((await rig.get('/healthz')).status).toBe(503)
    expect((await rig.get('/postback?cid=x')).status).toBe(202)
    await rig.core.start()
    await until(async () => (await rig.get('/c/direct')).status === 302)
  })

  it('of a restored backup is taken although its version is lower', async () => {
    const dataDir = await temporaryDir()
    await mkdir(join(dataDir, 'edge'))
    await writeFile(join(dataDir, 'edge', 'snapshot.json'), JSON.stringify(testSnapshot({ version: 99 })))
    const rig = await start({ dataDir })
    await until(() => rig.edge.metrics().snapshotVersion === 1)
  })

  it('with one URL that cannot be served serves the rest', async () => {
    const base = testSnapshot()
    const [first] = base.offers
    if (first === undefined) throw new Error('the snapshot has an offer')
    const offers = base.offers.map((offer) =>
      offer.id === 'o1' ? { ...first, url: 'https://x.example/{nosuch}' } : offer,
    )
    const rig = await start({ snapshot: { ...base, offers } })
    expect((await rig.get('/c/direct')).headers.location).toBe('https://fallback.example/w')
    expect((await rig.get('/c/rich')).headers.location).toContain('lander.example')
  })
})

describe('several edges', () => {
  it('share one port, and each answers its part of the connections', async () => {
    const first = await start()
    const second = await start({
      dataDir: first.dataDir,
      withoutCore: true,
      edge: { edgeId: 1, port: first.edge.port },
    })
    const visits = (rig: EdgeRig): number => rig.edge.metrics().counters.visits
    while (visits(first) === 0 || visits(second) === 0) {
      expect(
        (await ask(first.edge.port, '/c/direct', { headers: { 'user-agent': 'Mozilla/5.0 Firefox/130.0' } }))
          .status,
      ).toBe(302)
    }
  })

  it('show their metrics on their own socket, to this machine alone', async () => {
    const rig = await start()
    await rig.get('/c/direct', { headers: { 'user-agent': 'Mozilla/5.0 Firefox/130.0' } })
    const report = await getOverSocket(join(rig.dataDir, 'run', 'edge-0.sock'), '/internal/metrics')
    expect(report).toMatchObject({ edgeId: 0, snapshotVersion: 1, counters: { visits: 1 } })
  })
})

describe('a stop', () => {
  it('loses no request: every one that was sent is answered, and every visit answered is on disk', async () => {
    const rig = await startRig()
    const answered: string[] = []
    let failed = 0
    let stopping = false
    const lane = async (): Promise<void> => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      while (!stopping || agent.freeSockets[Object.keys(agent.freeSockets)[0] ?? '']?.length) {
        const id = await visitOver(agent, rig.edge.port)
        if (id === undefined) failed += 1
        else answered.push(id)
        if (id === undefined) break
      }
      agent.destroy()
    }
    const lanes = Array.from({ length: 20 }, lane)
    await until(() => answered.length > 200)
    stopping = true
    await rig.edge.close()
    await Promise.all(lanes)
    expect(failed).toBe(0)
    const kept = new Set((await rig.records()).visits.map((row) => row.click_id))
    expect(answered.filter((id) => !kept.has(id))).toEqual([])
    await rig.core.stop()
    await rm(rig.dataDir, { recursive: true })
  })

  it('waits for the judgement of a hit in flight', async () => {
    const rig = await startRig()
    const judged = Promise.withResolvers<void>()
    rig.core.judge = async (hit) => {
      await judged.promise
      return { hit: hit.id, outcome: 'recorded' }
    }
    const answer = rig.get('/postback?cid=x')
    await until(() => rig.core.hits.length === 1)
    const closing = rig.edge.close()
    judged.resolve()
    expect((await answer).status).toBe(200)
    await closing
    await rig.core.stop()
    await rm(rig.dataDir, { recursive: true })
  })
})

function visitOver(agent: Agent, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const outgoing = request({ agent, host: '127.0.0.1', port, path: '/c/direct' }, (incoming) => {
      incoming.resume()
      incoming.once('end', () => {
        resolve(/cid=(\w{26})/.exec(incoming.headers.location ?? '')?.[1])
      })
    })
    outgoing.once('error', () => {
      resolve(undefined)
    })
    outgoing.end()
  })
}

function getOverSocket(socketPath: string, path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    request({ socketPath, path }, (incoming) => {
      let text = ''
      incoming.setEncoding('utf8')
      incoming.on('data', (part: string) => {
        text += part
      })
      incoming.once('end', () => {
        resolve(JSON.parse(text))
      })
    })
      .once('error', reject)
      .end()
  })
}
