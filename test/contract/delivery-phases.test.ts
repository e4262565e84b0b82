import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Resolve } from '../../src/delivery/guard.ts'
import { callOf, NOW, Receivers } from '../support/receivers.ts'

const read = (name: string) => readFileSync(new URL(`../support/${name}.pem`, import.meta.url), 'utf8')
const receivers = new Receivers()
const asLoopback: Resolve = (_hostname, callback) =>
  setImmediate(() => callback(null, [{ address: '127.0.0.1', family: 4 }]))
/** What a receiver takes its time for, far above what a busy machine adds to the other phases of a call. */
const SLOW_MS = 150

const known = getCACertificates('default')
beforeAll(() => setDefaultCACertificates([...known, read('tls/ca-cert')]))
afterAll(() => setDefaultCACertificates(known))
afterEach(() => receivers.close())

describe('the phases of a call', () => {
  it('are name resolution, connect, TLS, answer and reading for a connection of its own', async () => {
    const options = { key: read('localhost-key'), cert: read('tls/trusted-cert') }
    const server = createServer(options, (_request, response) => response.end('OK'))
    const url = (await receivers.listen(server)).replace('http://127.0.0.1', 'https://localhost')
    const { phases } = await receivers.send({ url }, { resolve: asLoopback })
    server.closeAllConnections()
    expect(phases).toEqual({
      isReused: false,
      queuedMs: expect.any(Number),
      resolveMs: expect.any(Number),
      connectMs: expect.any(Number),
      tlsMs: expect.any(Number),
      answerMs: expect.any(Number),
      readMs: expect.any(Number),
    })
  })

  it('name no look-up for an address, and no TLS without it', async () => {
    const { url } = await receivers.serve((_request, response) => response.end('OK'))
    const { phases } = await receivers.send({ url })
    expect(phases).toMatchObject({ isReused: false, connectMs: expect.any(Number) })
    expect(phases).not.toHaveProperty('resolveMs')
    expect(phases).not.toHaveProperty('tlsMs')
  })

  it('say of a second call that its connection was open already', async () => {
    const { url, connections } = await receivers.serve((_request, response) => response.end('OK'))
    const sender = receivers.sender()
    await sender.send(callOf({ url }), NOW)
    // A connection is free for the next call a moment after its answer was read.
    await sleep(50)
    const { phases } = await sender.send(callOf({ url }), NOW)
    expect(connections()).toBe(1)
    expect(phases).toEqual({
      isReused: true,
      queuedMs: expect.any(Number),
      answerMs: expect.any(Number),
      readMs: expect.any(Number),
    })
  })

  it('put the time where it went: the look-up, the wait for the answer, its body', async () => {
    const slowly: Resolve = (...args) => setTimeout(() => asLoopback(...args), SLOW_MS)
    const { url } = await receivers.serve((_request, response) => {
      setTimeout(() => response.writeHead(200).flushHeaders(), SLOW_MS)
      setTimeout(() => response.end('OK'), 2 * SLOW_MS)
    })
    const { phases } = await receivers.send(
      { url: url.replace('127.0.0.1', 'slow.example') },
      { resolve: slowly },
    )
    for (const slow of ['resolveMs', 'answerMs', 'readMs'] as const) {
      // Timers may fire a little early.
      expect(phases?.[slow]).toBeGreaterThan(SLOW_MS - 20)
    }
  })

  it('end where a call failed: at a name that is not known', async () => {
    const unknown: Resolve = (_hostname, callback) => {
      const error = Object.assign(new Error('not found'), { code: 'ENOTFOUND' })
      setTimeout(() => callback(error, []), SLOW_MS)
    }
    const result = await receivers.send({ url: 'http://nobody.example/' }, { resolve: unknown })
    expect(result).toMatchObject({ kind: 'failed', code: 'dns' })
    expect(Object.keys(result.phases ?? {}).toSorted()).toEqual(['isReused', 'queuedMs', 'resolveMs'])
    expect(result.phases?.resolveMs).toBeGreaterThan(SLOW_MS - 20)
  })

  it('end where a call failed: at a receiver that never answers', async () => {
    const url = await receivers.serveBytes(() => {})
    const { phases } = await receivers.send({ url })
    expect(phases?.answerMs).toBeGreaterThan(phases?.connectMs ?? Number.POSITIVE_INFINITY)
    expect(phases).not.toHaveProperty('readMs')
  })

  it('are added up over redirects', async () => {
    const { url } = await receivers.serve(({ url: path }, response) => {
      const answer = () => response.writeHead(path === '/' ? 302 : 200, { location: '/there' }).end()
      setTimeout(answer, SLOW_MS)
    })
    const { phases } = await receivers.send({ url })
    expect(phases?.isReused).toBe(false)
    expect(phases?.answerMs).toBeGreaterThan(2 * SLOW_MS - 40)
  })

  it('are not there for a call that was never sent', async () => {
    const { phases } = await receivers.send({ url: 'http://127.0.0.1:22/' })
    expect(phases).toBeUndefined()
  })
})
