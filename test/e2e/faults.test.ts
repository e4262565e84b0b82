import { afterEach, describe, expect, it } from 'vitest'
import { childPid, restartedPid } from '../support/processes.ts'
import { openTrackingWorld, type TrackingWorld } from '../support/tracking-world.ts'

let world: TrackingWorld | undefined
afterEach(async () => {
  await world?.close()
  world = undefined
})

describe('a whole installation', () => {
  it('serves a campaign on every edge by the time the API has answered', async () => {
    world = await openTrackingWorld()
    const { visit } = world
    const clickIds = await Promise.all(Array.from({ length: 64 }, visit))
    expect(clickIds.filter((id) => id === undefined)).toEqual([])
  })

  it('counts every redirected visit once when edges are killed with -9', async () => {
    world = await openTrackingWorld()
    const { installation, visit, totals } = world
    const redirected = new Set<string>()
    let running = true
    const visitors = Array.from({ length: 16 }, async () => {
      while (running) {
        const clickId = await visit()
        if (clickId !== undefined) redirected.add(clickId)
      }
    })
    for (const edge of ['edge --id 0', 'edge --id 1', 'edge --id 0']) {
      await pause(700)
      const pid = childPid(installation.pid, edge)
      process.kill(pid, 'SIGKILL')
      await restartedPid(installation.pid, edge, pid)
    }
    await pause(700)
    running = false
    await Promise.all(visitors)

    expect(redirected.size).toBeGreaterThan(100)
    const counted = await totals(({ visits }) => visits >= redirected.size)
    // A visit may be on disk whose answer the killed process did not send: never more than were in flight.
    expect(counted.visits).toBeGreaterThanOrEqual(redirected.size)
    expect(counted.visits).toBeLessThanOrEqual(redirected.size + 3 * 16)
  })

  it('loses and doubles no postback when core is killed during a burst of them', async () => {
    world = await openTrackingWorld()
    const { installation, visit, postback, totals } = world
    const clickIds = (await Promise.all(Array.from({ length: 400 }, visit))).filter((id) => id !== undefined)
    expect(clickIds).toHaveLength(400)
    const outcomes: string[] = []
    const queue = clickIds.values()
    const senders = Array.from({ length: 16 }, async () => {
      for (const clickId of queue) {
        const query = `cid=${clickId}&payout=1.25&txid=T-${clickId.slice(-6)}`
        outcomes.push(await postback(query), await postback(query))
      }
    })
    for (let kills = 0; kills < 2; kills += 1) {
      await pause(150)
      const pid = childPid(installation.pid, 'core')
      process.kill(pid, 'SIGKILL')
      await restartedPid(installation.pid, 'core', pid)
    }
    await Promise.all(senders)

    expect(outcomes).toHaveLength(800)
    expect(outcomes.filter((outcome) => !['recorded', 'duplicate', 'queued'].includes(outcome))).toEqual([])
    expect(outcomes).toContain('queued')
    const counted = await totals(({ conversions, visits }) => conversions >= 400 && visits >= 400)
    expect(counted).toEqual({ visits: 400, conversions: 400, revenue: '500' })
  })
})

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
