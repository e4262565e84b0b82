import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { createPublicRequest } from '../../src/api/public-request.ts'
import { useStores } from '../support/databases.ts'
import { openTestApi, PUBLIC_URL } from './api-harness.ts'
import { createWorld } from './api-world.ts'

/** The tests of the whole chain are in test/e2e; here it is what the public port is asked. */
describe('a test conversion', () => {
  const stores = useStores('sqlite')
  let publicPort: Server | undefined

  afterEach(() => {
    publicPort?.close()
    publicPort?.closeAllConnections()
  })

  /** A public port where every link leads over a second hop to an offer; it writes down what it is asked. */
  async function openPublicPort(clickId: string, asked: string[]): Promise<number> {
    publicPort = createServer(({ url = '', headers }, response) => {
      const path = url.split('?', 1)[0] ?? ''
      asked.push(`${headers.host}${path}`)
      if (path === '/postback') response.end('{"outcome":"test"}')
      else {
        const location = path === '/hop' ? `https://offer.example/?s2=${clickId}` : '/hop'
        response.writeHead(302, { location, 'set-cookie': `tp_cid=${clickId}` }).end()
      }
    })
    publicPort.listen(0, '127.0.0.1')
    await once(publicPort, 'listening')
    const address = publicPort.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  it('visits a campaign with a domain of its own on that domain; the network reports to the installation', async () => {
    const at = { publicHost: '127.0.0.1', publicPort: 0, publicUrl: PUBLIC_URL }
    const api = await openTestApi(stores, {
      publicRequest: (path, headers) => createPublicRequest(at)(path, headers),
    })
    const world = await createWorld(api, 'ALPHA')
    const asked: string[] = []
    at.publicPort = await openPublicPort(world.clickId, asked)
    const found = api.visits.get(world.clickId)
    if (found !== undefined)
      api.visits.set(world.clickId, { ...found, lastClickOfferId: world.ids.offers ?? '' })

    const send = async (method: 'POST' | 'PATCH', path: string, payload: object) => {
      const headers = { authorization: `Bearer ${world.keys.owner}` }
      const url = `/api/v1/campaigns/${world.ids.campaigns}${path}`
      return (await api.app.inject({ method, url, headers, payload })).json()
    }
    const { slug } = await send('PATCH', '', { domainId: world.ids.domains })
    const { steps } = await send('POST', '/test-conversion', {})
    expect(asked).toEqual([`alpha.example/c/${slug}`, 'alpha.example/hop', 'track.example.com/postback'])
    expect(steps[0].url).toMatch(`https://alpha.example/c/${slug}?`)

    await send('PATCH', '', { domainId: '' })
    await send('POST', '/test-conversion', {})
    expect(asked.slice(3, 5)).toEqual([`track.example.com/c/${slug}`, 'track.example.com/hop'])
  })
})
