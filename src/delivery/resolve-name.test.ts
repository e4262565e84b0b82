import { createSocket, type Socket } from 'node:dgram'
import { Resolver } from 'node:dns'
import { afterEach, describe, expect, it } from 'vitest'
import type { Resolve } from './guard.ts'
import { createResolve, type NameSources, queryBoth } from './resolve-name.ts'

const ADDRESS = { address: '192.0.2.7', family: 4 }
const TYPE_A = 1

const finds: Resolve = (_name, callback) => callback(null, [ADDRESS])
const hangs: Resolve = () => {}
const knowsNone: Resolve = (_name, callback) =>
  callback(Object.assign(new Error('unknown'), { code: 'ENOTFOUND' }), [])

function resolveWith(sources: Partial<NameSources>) {
  const resolve = createResolve({ byQuery: hangs, bySystem: hangs, isInHosts: () => false, ...sources })
  return (name: string) =>
    new Promise((settle) => resolve(name, (error, addresses) => settle(error?.code ?? addresses)))
}

const counted = (resolve: Resolve) => {
  const asked: string[] = []
  const source: Resolve = (name, callback) => {
    asked.push(name)
    resolve(name, callback)
  }
  return { asked, source }
}

let server: Socket | undefined
afterEach(() => {
  server?.close()
  server = undefined
})

/** Answers every question of the name `healthy.example`, and no other. */
async function startNameServer(): Promise<string> {
  const socket = createSocket('udp4')
  server = socket
  socket.on('message', (question, { port, address }) => {
    if (!question.includes('healthy')) return
    const asked = question.subarray(12, question.indexOf(0, 12) + 5)
    const isA = asked.readUInt16BE(asked.length - 4) === TYPE_A
    const header = Buffer.from([...question.subarray(0, 2), 0x81, 0x80, 0, 1, 0, isA ? 1 : 0, 0, 0, 0, 0])
    const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 192, 0, 2, 7])
    socket.send(Buffer.concat([header, asked, ...(isA ? [record] : [])]), port, address)
  })
  await new Promise<void>((bound) => socket.bind(0, '127.0.0.1', bound))
  return `127.0.0.1:${socket.address().port}`
}

describe('a name', () => {
  it('is found while the name servers of a hundred others are silent', async () => {
    const resolver = new Resolver({ timeout: 3_000, tries: 1 })
    resolver.setServers([await startNameServer()])
    const find = resolveWith({ byQuery: (name, callback) => queryBoth(resolver, name, callback) })
    const dead = Array.from({ length: 100 }, (_, n) => find(`dead${n}.example`))
    const first = await Promise.race([find('healthy.example'), ...dead])
    resolver.cancel()
    expect(first).toEqual([ADDRESS])
  })

  it('that nobody answers for is given up', async () => {
    expect(await resolveWith({})('dead.example')).toBe('EAI_AGAIN')
  })

  it('is looked up once at a time, and not again at once after it failed', async () => {
    const { asked, source } = counted((name, callback) => setImmediate(() => knowsNone(name, callback)))
    const find = resolveWith({ byQuery: source, bySystem: knowsNone })
    await Promise.all([find('a.example'), find('A.example')])
    expect(await find('a.example')).toBe('ENOTFOUND')
    expect(asked).toEqual(['a.example'])
  })

  it('that was found is looked up anew for the next connection', async () => {
    const { asked, source } = counted(finds)
    const find = resolveWith({ byQuery: source })
    await find('a.example')
    await find('a.example')
    expect(asked).toHaveLength(2)
  })

  it("is the system's where it has no dot, stands in its file of hosts, or no name server knows it", async () => {
    expect(await resolveWith({ bySystem: finds })('receiver')).toEqual([ADDRESS])
    expect(await resolveWith({ bySystem: finds, isInHosts: () => true })('a.example')).toEqual([ADDRESS])
    expect(await resolveWith({ bySystem: finds, byQuery: knowsNone })('a.local')).toEqual([ADDRESS])
  })

  it('holds one of four places of the system until its look-up has really ended', async () => {
    const { asked, source } = counted(hangs)
    const find = resolveWith({ bySystem: source })
    const names = ['a', 'b', 'c', 'd', 'e'].map((name) => find(name))
    expect(await Promise.all(names)).toEqual(Array.from({ length: 5 }, () => 'EAI_AGAIN'))
    expect(asked).toEqual(['a', 'b', 'c', 'd'])
  })

  it('of this machine is found through what the system itself has set', async () => {
    const found = await new Promise((settle) => createResolve()('localhost', (error) => settle(error)))
    expect(found).toBeNull()
  })
})
