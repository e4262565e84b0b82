import { describe, expect, it } from 'vitest'
import { createGuard } from '../../src/delivery/guard.ts'
import { createCaller } from '../../src/delivery/make-call.ts'
import { createSender } from '../../src/delivery/send.ts'
import { NO_SECRETS } from '../../src/domain/target-secrets.ts'
import { TEST_VAULT } from '../support/test-vault.ts'
import { openSystem, type Received, SYSTEM_NOW, type SystemAnswer, useSystemServers } from './system-rig.ts'

const MINUTE_MS = 60_000

/** A Google Ads of which every access token is another; `refused` are taken no more. */
function answerWithTokens(refused: ReadonlySet<string> = new Set()) {
  let tokens = 0
  return ({ path, headers, body }: Received): SystemAnswer => {
    if (path === '/token') {
      if (body.includes('REVOKED')) return { status: 400, body: '{"error":"invalid_grant"}' }
      tokens += 1
      return { status: 200, body: JSON.stringify({ access_token: `TOKEN-${tokens}`, expires_in: 3_600 }) }
    }
    const token = headers.authorization?.slice('Bearer '.length) ?? ''
    return refused.has(token) ? { status: 401, body: '{}' } : { status: 200, body: JSON.stringify({ token }) }
  }
}

describe('access tokens of a target', () => {
  useSystemServers()

  async function open(answer: (call: Received) => SystemAnswer = answerWithTokens()) {
    const server = await openSystem(answer)
    const time = { now: SYSTEM_NOW }
    const guard = createGuard({ allowPrivateTargets: ['127.0.0.1/32'] })
    const sender = createSender({ guard, version: '9.9.9' })
    const caller = createCaller({ sender, vault: TEST_VAULT, clock: () => time.now })
    const call = async (refreshToken = 'REFRESH-TOKEN', base = server.url) => {
      const system = { developerToken: 'DEVELOPER', clientId: 'CLIENT', clientSecret: 'SECRET', refreshToken }
      const target = {
        id: 'target1',
        system: 'google_ads',
        url: base,
        settings: {},
        sealedSecrets: TEST_VAULT.seal({ ...NO_SECRETS, system }),
      } as const
      // Sealed anew, the same secrets are another text: a target is saved seldom.
      const known = targets.get(refreshToken + base) ?? target
      targets.set(refreshToken + base, known)
      const url = `${server.url}/v26/customers/1:uploadClickConversions`
      const rendered = { id: 'd1', method: 'POST', url, body: '{}', contentType: 'application/json' }
      const result = await caller.call(rendered, known)
      return result.kind === 'failed' ? `${result.code}: ${result.detail}` : result.answer.status
    }
    const targets = new Map<string, Parameters<typeof caller.call>[1]>()
    const asked = () => server.received.filter(({ path }) => path === '/token').length
    const used = () =>
      server.received.filter(({ path }) => path !== '/token').map(({ headers }) => headers.authorization)
    return { call, time, asked, used }
  }

  it('are asked for once, however many calls need one at once', async () => {
    const { call, asked, used } = await open()
    expect(await Promise.all(Array.from({ length: 20 }, () => call()))).toEqual(Array(20).fill(200))
    expect(asked()).toBe(1)
    expect(new Set(used())).toEqual(new Set(['Bearer TOKEN-1']))
  })

  it('are used until shortly before they expire', async () => {
    const { call, time, asked } = await open()
    await call()
    time.now += 57 * MINUTE_MS
    await call()
    expect(asked()).toBe(1)
    time.now += MINUTE_MS
    await call()
    expect(asked()).toBe(2)
  })

  it('are asked for anew when the system takes one no more, and when the target has other secrets', async () => {
    const { call, asked, used } = await open(answerWithTokens(new Set(['TOKEN-1'])))
    expect(await call()).toBe(401)
    expect(await call()).toBe(200)
    expect(used()).toEqual(['Bearer TOKEN-1', 'Bearer TOKEN-2'])
    await call('ANOTHER-TOKEN')
    expect(asked()).toBe(3)
  })

  it('that are refused are asked for again after half a minute, or at once with other secrets', async () => {
    const { call, time, asked } = await open()
    const refused = 'credentials: the refresh token was refused: invalid_grant'
    expect(await call('REVOKED-TOKEN')).toBe(refused)
    expect(await call('REVOKED-TOKEN')).toBe(refused)
    expect(asked()).toBe(1)
    time.now += MINUTE_MS / 2
    await call('REVOKED-TOKEN')
    expect(asked()).toBe(2)
    expect(await call('REFRESH-TOKEN')).toBe(200)
  })

  it('go nowhere but to the address of the target: a call that was queued for another is not made', async () => {
    const { call, asked, used } = await open()
    expect(await call('REFRESH-TOKEN', 'http://127.0.0.1:9')).toBe(
      'credentials: it was queued for another address than the target has now',
    )
    expect(asked() + used().length).toBe(0)
  })
})
