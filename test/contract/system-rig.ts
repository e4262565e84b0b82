import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach } from 'vitest'
import { createGuard } from '../../src/delivery/guard.ts'
import { createCaller } from '../../src/delivery/make-call.ts'
import { createSender, type SendResult } from '../../src/delivery/send.ts'
import { verdictOf } from '../../src/delivery/system-verdict.ts'
import type { Person } from '../../src/domain/person.ts'
import { sha256Hex } from '../../src/domain/sha256.ts'
import { NO_SECRETS } from '../../src/domain/target-secrets.ts'
import { rulesOf } from '../../src/domain/target-systems/system-rules.ts'
import type {
  BuiltCall,
  SystemConversion,
  SystemMessage,
  SystemVerdict,
  TargetSystem,
} from '../../src/domain/target-systems/target-system.ts'
import { TEST_VAULT } from '../support/test-vault.ts'

/** 2026-03-01 12:00 UTC, a minute after the visit. */
export const SYSTEM_NOW = 1_772_366_400_000

/** Somebody who consented, by e-mail address and phone number; hashed as each system asks for it. */
export const JANE: Person = {
  emailSha256: sha256Hex('jane@example.com'),
  emailGoogleSha256: sha256Hex('jane@example.com'),
  emailMicrosoftSha256: sha256Hex('jane@example.com'),
  phoneSha256: sha256Hex('491701234567'),
  phonePlusSha256: sha256Hex('+491701234567'),
}

/** What a system got. */
export type Received = {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export type SystemAnswer = { readonly status: number; readonly body: string }

export type SystemServer = { readonly url: string; readonly received: readonly Received[] }

const closings: (() => Promise<unknown>)[] = []

/** Ends the servers and senders of each test of the file. */
export function useSystemServers(): void {
  afterEach(async () => {
    for (const close of closings.splice(0).reverse()) await close()
  })
}

/** A real server in a system's place. */
export async function openSystem(answer: (call: Received) => SystemAnswer): Promise<SystemServer> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://system')
      const { method = '' } = request
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      )
      const call = {
        method,
        path: pathname,
        query: searchParams,
        headers,
        body: Buffer.concat(chunks).toString(),
      }
      received.push(call)
      const { status, body } = answer(call)
      response.writeHead(status, { 'content-type': 'application/json' }).end(body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closings.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo // it listens on a port
  return { url: `http://127.0.0.1:${port}`, received }
}

/** An approved sale of 12.50 euros, one minute after a visit from Germany. */
export function conversionOf(changes: Partial<SystemConversion> = {}): SystemConversion {
  return {
    id: '01JCONVERSION0000000000001',
    event: 'sale',
    txid: 'ORDER-1',
    status: 'approved',
    statusBefore: undefined,
    amount: '12.50',
    currency: 'EUR',
    recordedAt: SYSTEM_NOW,
    at: SYSTEM_NOW,
    visitAt: SYSTEM_NOW - 60_000,
    visit: { click_id: 'CLICK', ip: '203.0.113.7', user_agent: 'Firefox', tokens: {}, params: {} },
    person: null,
    macros: { event: 'sale', status: 'approved', payout: '12.50', currency: 'EUR', clickid: 'CLICK' },
    isTest: false,
    ...changes,
  }
}

/** The conversion with parameters in the link of its visit. */
export function conversionFrom(
  params: Readonly<Record<string, string>>,
  changes: Partial<SystemConversion> = {},
): SystemConversion {
  const plain = conversionOf(changes)
  return { ...plain, visit: { ...plain.visit, params } }
}

export type SystemTarget = {
  readonly system: TargetSystem
  readonly settings: Readonly<Record<string, string>>
  readonly secrets: Readonly<Record<string, string>>
  /** Standard Webhooks secrets. */
  readonly signing?: readonly string[]
  readonly url: string
}

export type Told =
  | { readonly kind: 'skipped'; readonly reason: string }
  | { readonly kind: 'told'; readonly result: SendResult; readonly verdict: SystemVerdict | undefined }

/** Tells the system as the delivery worker would: built, authorized, sent and its answer read. */
export async function tellSystem(target: SystemTarget, conversion: SystemConversion): Promise<Told> {
  const { system, settings, url: baseUrl } = target
  return await send(target, rulesOf(system)?.build(conversion, { settings, baseUrl }))
}

/** The same with a message for people. */
export async function messageSystem(target: SystemTarget, message: SystemMessage): Promise<Told> {
  const { system, settings, url: baseUrl } = target
  return await send(target, rulesOf(system)?.buildMessage?.(message, { settings, baseUrl }))
}

async function send(target: SystemTarget, built: BuiltCall | undefined): Promise<Told> {
  if (built === undefined) throw new Error(`no rules of ${target.system}`)
  if (built.kind === 'skip') return { kind: 'skipped', reason: built.reason }
  const guard = createGuard({ allowPrivateTargets: ['127.0.0.1/32'] })
  const sender = createSender({ guard, version: '9.9.9' })
  closings.push(() => sender.close())
  const caller = createCaller({ sender, vault: TEST_VAULT, clock: () => SYSTEM_NOW })
  const signing = (target.signing ?? []).map((secret) => ({ secret, until: null }))
  const sealedSecrets = TEST_VAULT.seal({ ...NO_SECRETS, signing, system: target.secrets })
  const called = { id: 'target1', ...target, sealedSecrets }
  const result = await caller.call({ id: 'delivery1', ...built.call }, called)
  return { kind: 'told', result, verdict: verdictOf(target, result) }
}
