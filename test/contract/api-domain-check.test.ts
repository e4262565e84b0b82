import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDomainCheck } from '../../src/delivery/check-domain.ts'
import { createGuard, type Guard, type Resolve } from '../../src/delivery/guard.ts'
import { createProofOf } from '../../src/edge/installation-proof.ts'
import { useStores } from '../support/databases.ts'
import { openFlows } from './api-flows-rig.ts'

const OWN = 'track.example'
const proofOf = createProofOf(Buffer.alloc(32, 7))
/** What the world's DNS knows. */
const ADDRESSES: Readonly<Record<string, string>> = {
  [OWN]: '127.0.0.1',
  'go.example': '127.0.0.1',
  'parked.example': '127.0.0.1',
  'moved.example': '127.0.0.1',
  'inside.example': '10.0.0.7',
}
const resolve: Resolve = (hostname, callback) => {
  const address = ADDRESSES[hostname]
  if (address !== undefined) return callback(null, [{ address, family: 4 }])
  callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND' }), [])
}

describe('the check of a domain', () => {
  const stores = useStores('sqlite')
  /** The installation at its own name and go.example; other people's at the others. */
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    const proof = proofOf(searchParams.get('nonce') ?? '')
    if (request.headers.host === 'moved.example') {
      response.writeHead(302, { location: `http://go.example${request.url}` }).end()
    } else if (request.headers.host === 'parked.example') response.end('for sale')
    else response.writeHead(pathname === '/tp/proof' ? 200 : 404).end(proof)
  })

  beforeAll(async () => {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  })
  afterAll(async () => {
    await new Promise((done) => server.close(done))
  })

  /** Domains have no port: what goes to port 80 reaches the server. */
  function guardToServer(): Pick<Guard, 'connect'> {
    const guard = createGuard({ allowPrivateTargets: ['127.0.0.1/32'], resolve })
    const port = String((server.address() as AddressInfo).port) // a TCP server has one
    return { connect: (target, ...rest) => guard.connect({ ...target, port }, ...rest) }
  }

  async function open() {
    const publicUrl = `http://${OWN}`
    const checkDomain = createDomainCheck({ guard: guardToServer(), publicUrl, proofOf, resolve })
    const { call, make } = await openFlows(stores, { publicUrl, checkDomain })
    return async (name: string) => await call('POST', `domains/${await make('domains', { name })}/check`, {})
  }

  it('says where it asked, what it saw, and the addresses of both names', async () => {
    const check = await open()
    const addresses = ['127.0.0.1']
    const common = { addresses, ownAddresses: addresses }
    expect(await check('go.example')).toEqual({
      status: 200,
      body: { ...common, outcome: 'works', url: 'http://go.example', detail: '' },
    })
    expect(await check('parked.example')).toEqual({
      status: 200,
      body: { ...common, outcome: 'elsewhere', url: 'http://parked.example', detail: 'status 200' },
    })
  })

  it.each([
    ['moved.example', 'elsewhere', ['127.0.0.1']],
    ['inside.example', 'private_address', ['10.0.0.7']],
    ['nobody.example', 'no_address', []],
  ])('of %s is told: %s', async (name, outcome, addresses) => {
    const check = await open()
    const { status, body } = await check(name)
    expect([status, body.outcome, body.addresses]).toEqual([200, outcome, addresses])
    expect(body.detail).not.toBe('')
  })
})
