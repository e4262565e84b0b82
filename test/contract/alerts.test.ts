import { describe, expect, it } from 'vitest'
import { createGuard } from '../../src/delivery/guard.ts'
import { createMailer } from '../../src/delivery/send-email.ts'
import { runDeliveryWorker } from '../../src/delivery/worker.ts'
import { isNextForTarget } from '../../src/store/delivery-order.ts'
import { updateNotificationTarget } from '../../src/store/notification-targets.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { until } from '../support/ledger-world.ts'
import { openSmtpSink, SINK_CERTIFICATE } from '../support/smtp-sink.ts'
import { TEST_VAULT } from '../support/test-vault.ts'
import { HOUR_MS, MINUTE_MS, openAlertRig, START } from './alerts-rig.ts'

const FAILS = 'Notifications to receiver.example fail'

describe.each(SQL_ENGINES)('alerts on %s', (engine) => {
  const stores = useStores(engine)
  const open = async (fields: Parameters<typeof openAlertRig>[1] = {}) =>
    await openAlertRig(await stores.open(), fields)

  it('open when a target fails for longer than the setting, and are told once, with their numbers', async () => {
    const rig = await open()
    const channel = await rig.channel()
    const target = await rig.target()
    await rig.fail(target)
    await rig.after(14 * MINUTE_MS)
    expect(await rig.alerts()).toEqual([])
    await rig.after(MINUTE_MS)
    const [alert] = await rig.alerts()
    expect(alert).toMatchObject({
      kind: 'target_failing',
      subjectId: target,
      state: 'open',
      title: FAILS,
      detail: { path: '/traffic-sources/source' },
      openedAt: START + 15 * MINUTE_MS,
    })
    expect(alert?.detail.text).toContain('15 minutes; 7 calls failed in a row')
    await rig.after(HOUR_MS)
    expect(await rig.told(channel)).toEqual([`alert.opened ${FAILS}`])
    expect(rig.woken.count).toBe(1)
    expect(rig.errors).toEqual([])
  })

  it('are not opened by one call that was refused for good, nor by two at one time', async () => {
    const rig = await open()
    const target = await rig.target()
    for (const [last, inRow] of [
      [START, 1],
      [START + 1_000, 2],
    ] as const) {
      await rig.health(target, { since: START, last, inRow })
      // Another one is on its way, and one is told with a delay.
      await rig.call({ id: `soon-${inRow}`, target_id: target, due_at: rig.time.now + HOUR_MS })
      await rig.after(HOUR_MS)
      await rig.store.db.deleteFrom('deliveries').execute()
      await rig.after(MINUTE_MS)
    }
    expect(await rig.alerts()).toEqual([])
  })

  it('tell that calls are refused again and again, and are over when none was for half a day', async () => {
    const rig = await open()
    const target = await rig.target()
    await rig.health(target, { since: START, last: START + 20 * MINUTE_MS, inRow: 5 })
    await rig.after(20 * MINUTE_MS)
    const [alert] = await rig.alerts()
    expect(alert?.detail.text).toContain('5 calls failed in a row within 20 minutes, and none has succeeded')
    expect(alert?.detail.text).toContain('None of them is tried again by itself')
    rig.time.now = START + 12.5 * HOUR_MS
    await rig.after(12 * MINUTE_MS)
    expect(await rig.alerts()).toMatchObject([{ state: 'resolved' }])
  })

  it('tell of calls that wait since the target failed, and are over when these are cancelled', async () => {
    const rig = await open()
    const target = await rig.target()
    await rig.health(target, { since: START, last: START, inRow: 1 })
    await rig.call({ id: 'held', target_id: target, due_at: START })
    await rig.after(14 * MINUTE_MS)
    expect(await rig.alerts()).toEqual([])
    await rig.after(MINUTE_MS)
    const [alert] = await rig.alerts()
    expect(alert?.detail.text).toContain('Calls that wait are kept')
    await rig.store.db
      .updateTable('deliveries')
      .set({ state: 'cancelled' })
      .where('id', '=', 'held')
      .execute()
    await rig.after(11 * MINUTE_MS)
    expect(await rig.alerts()).toMatchObject([{ state: 'resolved' }])
  })

  it('are over after ten good minutes, not after one, and are told so once', async () => {
    const rig = await open()
    const channel = await rig.channel()
    const target = await rig.target()
    await rig.fail(target, START - HOUR_MS)
    await rig.look()
    await rig.fail(target, null)
    await rig.after(5 * MINUTE_MS)
    await rig.fail(target, START - HOUR_MS)
    await rig.after(MINUTE_MS)
    await rig.fail(target, null)
    await rig.after(10 * MINUTE_MS)
    expect(await rig.alerts()).toMatchObject([{ state: 'open' }])
    await rig.after(MINUTE_MS)
    expect(await rig.alerts()).toMatchObject([{ state: 'resolved', resolvedAt: rig.time.now }])
    await rig.after(HOUR_MS)
    expect(await rig.told(channel)).toEqual([`alert.opened ${FAILS}`, `alert.resolved ${FAILS}`])
  })

  it('are brought to mind once a day while they stay open', async () => {
    const rig = await open()
    const channel = await rig.channel()
    await rig.fail(await rig.target(), START - HOUR_MS)
    await rig.after(MINUTE_MS)
    for (const hours of [23.9, 47.9]) {
      rig.time.now = START + hours * HOUR_MS
      await rig.after(HOUR_MS / 2)
    }
    expect(await rig.told(channel)).toEqual([
      `alert.opened ${FAILS}`,
      `alert.reminded ${FAILS}`,
      `alert.reminded ${FAILS}`,
    ])
  })

  it('wait for the end of quiet hours and are told by one message then, with what was over meanwhile', async () => {
    const rig = await open({ timeZone: 'America/New_York' })
    const email = await rig.channel({ system: 'email', url: '', settings: { to: 'ada@example.com' } })
    // 12:00 in Greenwich is 7 in the morning there.
    await rig.settings({ quietFrom: '22:00', quietTo: '07:30' })
    const first = await rig.target()
    await rig.fail(first, START - HOUR_MS)
    await rig.look()
    await rig.fail(first, null)
    await rig.after(12 * MINUTE_MS)
    expect(await rig.alerts()).toMatchObject([{ state: 'resolved' }])
    await rig.fail(await rig.target({ url: 'https://other.example/' }), START - HOUR_MS)
    await rig.after(17 * MINUTE_MS)
    expect(await rig.told(email)).toEqual([])
    await rig.after(MINUTE_MS)
    expect(await rig.told(email)).toEqual(['2 alerts, 1 open'])
    await rig.after(HOUR_MS)
    const [row, ...others] = await rig.messages(email)
    expect(others).toEqual([])
    expect(row?.body).toContain(`Over already: ${FAILS}\nIt was so for 1 minute.`)
    expect(row?.body).toContain('Notifications to other.example fail\nNo call has succeeded for')
  })

  it('reach a channel of people in order, also when one message told of several and is tried again', async () => {
    const rig = await open()
    const email = await rig.channel({ system: 'email', url: '', settings: { to: 'ada@example.com' } })
    const [first, second] = [await rig.target(), await rig.target({ url: 'https://other.example/' })]
    await rig.fail(first, START - HOUR_MS)
    await rig.fail(second, START - HOUR_MS)
    await rig.look()
    const [opening] = await rig.messages(email)
    const id = opening?.id ?? ''
    const { db } = rig.store
    await db
      .updateTable('deliveries')
      .set({ attempts: 1, due_at: START + HOUR_MS })
      .where('id', '=', id)
      .execute()
    await rig.fail(second, null)
    for (let minute = 0; minute < 12; minute++) {
      rig.time.now += MINUTE_MS
      await rig.look()
    }
    expect(await rig.told(email)).toEqual([
      '2 alerts, 2 open',
      'Resolved: Notifications to other.example fail',
    ])
    const next = db
      .selectFrom('deliveries')
      .select('id')
      .where('target_id', '=', email)
      .where('state', '=', 'pending')
    expect(await next.where(isNextForTarget).execute()).toEqual([{ id }])
    await db.updateTable('deliveries').set({ state: 'delivered' }).where('id', '=', id).execute()
    expect(await next.where(isNextForTarget).execute()).toHaveLength(1)
  })

  it('of muted kinds are listed and told to nobody, also when the kind is heard again', async () => {
    const rig = await open()
    const channel = await rig.channel()
    await rig.settings({ muted: ['target_failing'] })
    await rig.fail(await rig.target(), START - HOUR_MS)
    await rig.look()
    expect(await rig.alerts()).toMatchObject([{ state: 'open' }])
    await rig.settings({ muted: [] })
    await rig.after(HOUR_MS)
    expect(await rig.told(channel)).toEqual([])
  })

  it('about a channel go to the other channels, and none to one that is switched off', async () => {
    const rig = await open()
    const failing = await rig.channel()
    const well = await rig.channel({ url: 'https://second.example/' })
    const off = await rig.channel({ status: 'disabled' })
    await rig.fail(failing, START - HOUR_MS)
    await rig.look()
    expect(await rig.told(failing)).toEqual([])
    expect(await rig.told(off)).toEqual([])
    expect(await rig.told(well)).toEqual(['alert.opened Notifications to Webhook fail'])
  })

  it('tell of a target that was switched off by itself at once, and that it is on again at once', async () => {
    const rig = await open()
    const channel = await rig.channel()
    const target = await rig.target()
    const { db } = rig.store
    const reason = { status: 'disabled', disabled_reason: 'target_gone' } as const
    await db.updateTable('notification_targets').set(reason).where('id', '=', target).execute()
    await rig.look()
    const key = { workspace: rig.workspace, id: target }
    await updateNotificationTarget(db, key, { status: 'active' }, rig.time.now)
    await rig.after(MINUTE_MS)
    const title = 'Notifications to receiver.example are switched off'
    expect(await rig.told(channel)).toEqual([`alert.opened ${title}`, `alert.resolved ${title}`])
  })

  it('leave affiliates’ own postbacks, and what a person paused, to them', async () => {
    const rig = await open()
    await rig.fail(await rig.target({ ownerType: 'affiliate', ownerId: 'a' }), START - HOUR_MS)
    await rig.fail(await rig.target({ status: 'paused' }), START - HOUR_MS)
    await rig.look()
    expect(await rig.alerts()).toEqual([])
  })

  it('are not doubled by two processes, of which one works at a time until it dies', async () => {
    const rig = await open()
    const channel = await rig.channel()
    await rig.fail(await rig.target(), START - HOUR_MS)
    const second = rig.newLook('second')
    expect([await rig.look(), await second()]).toEqual([true, false])
    rig.time.now += 4 * MINUTE_MS
    expect([await second(), await rig.look()]).toEqual([true, false])
    expect(await rig.told(channel)).toEqual([`alert.opened ${FAILS}`])
  })

  it('are neither lost nor doubled when telling fails: the turn waits for the next look', async () => {
    const rig = await open()
    const channel = await rig.channel()
    rig.time.journalLagMs = 90_000
    const { db } = rig.store
    await db.schema.alterTable('deliveries').renameTo('deliveries_away').execute()
    const noLag = rig.look().catch((error: unknown) => error)
    expect(await noLag).toBeInstanceOf(Error)
    await db.schema.alterTable('deliveries_away').renameTo('deliveries').execute()
    expect(await rig.alerts()).toEqual([])
    await rig.after(2 * MINUTE_MS)
    expect(await rig.told(channel)).toEqual(['alert.opened Reports are behind'])
  })

  it('stay as they are while their rule can not be asked', async () => {
    const rig = await open()
    await rig.channel()
    await rig.fail(await rig.target(), START - HOUR_MS)
    await rig.look()
    const { db } = rig.store
    await db.schema.alterTable('target_health').renameTo('health_away').execute()
    await rig.after(30 * MINUTE_MS)
    await db.schema.alterTable('health_away').renameTo('target_health').execute()
    expect(await rig.alerts()).toMatchObject([{ state: 'open', clearedAt: null }])
    expect(rig.errors.length).toBeGreaterThan(0)
  })
})

describe('an alert by e-mail', () => {
  const stores = useStores('sqlite')

  it('reaches its mailbox through the queue, past a greylisted first attempt, as one message', async () => {
    const rig = await openAlertRig(await stores.open())
    const sink = await openSmtpSink({ refuse: (step, nth) => (step === 'to' && nth === 0 ? 451 : undefined) })
    const mailer = createMailer({
      smtpUrl: `smtp://localhost:${sink.port}`,
      from: 'a@b.example',
      ca: SINK_CERTIFICATE,
    })
    const channel = await rig.channel({ system: 'email', url: '', settings: { to: 'ada@example.com' } })
    await rig.fail(await rig.target(), START - HOUR_MS)
    await rig.look()
    const stop = new AbortController()
    const worker = runDeliveryWorker({
      store: rig.store,
      workerId: 'worker',
      guard: createGuard({ allowPrivateTargets: [] }),
      vault: TEST_VAULT,
      mailer,
      version: '0.0.0',
      // Each look finds the next attempt due.
      clock: () => {
        rig.time.now += MINUTE_MS
        return rig.time.now
      },
      random: () => 0.5,
      pollIntervalMs: 20,
      signal: stop.signal,
      onError: (error) => rig.errors.push(error),
    })
    await until(() => sink.mails.length > 0)
    stop.abort()
    await worker.done
    mailer.close()
    await sink.close()
    const [delivery] = await rig.messages(channel)
    expect(delivery).toMatchObject({ state: 'delivered', attempts: 2 })
    expect(sink.mails).toHaveLength(1)
    expect(sink.mails[0]?.text).toContain(`Message-ID: <${delivery?.id}@b.example>`)
    expect(sink.mails[0]?.text).toContain(`Subject: ${FAILS}`)
    const attempts = await rig.store.db
      .selectFrom('delivery_attempts')
      .select(['error'])
      .orderBy('n')
      .execute()
    expect(attempts[0]?.error).toContain('smtp_deferred')
    expect(rig.errors).toEqual([])
  })
})
