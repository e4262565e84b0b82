import { setTimeout as sleep } from 'node:timers/promises'
import { createClickIdMaker } from '../../src/domain/click-id.ts'
import { createClickIdKey } from '../../src/domain/click-id-key.ts'
import { RECORD_TYPE } from '../../src/domain/journal-record.ts'
import { JournalWriter } from '../../src/journal/journal-writer.ts'
import { readPayloads } from './journal-payloads.ts'

/**
 * Fills a journal with more visits than an edge could take in the time: the records of a real edge again and again,
 * each time under a new click id and time, and otherwise byte for byte.
 */
export type AppendPlan = {
  /** Journal with the visits to repeat. */
  readonly fromDir: string
  readonly toDir: string
  readonly count: number
  /** Visits per second; 0 for as fast as it goes. */
  readonly rate: number
  /** The visits are dated over this long, ending now; 0 for each at the moment it is appended. */
  readonly spanMs: number
}

/** Appends that wait for the same sync. */
const BURST = 1_000
const TICK_MS = 5
const PROCESS_ID = 1
const CLICK_ID_CHARS = 26

// Ends when the parent has heard of it and disconnects.
process.once('message', (plan: AppendPlan) => {
  void appendVisits(plan).then(() => process.send?.('done'))
})

async function appendVisits(plan: AppendPlan): Promise<void> {
  const templates = (await readPayloads(plan.fromDir)).map(toTemplate)
  const makeClickId = createClickIdMaker({
    key: createClickIdKey(Buffer.alloc(32, 'bench')),
    processId: PROCESS_ID,
    randomBits: () => Math.floor(Math.random() * 2 ** 32),
  })
  const journal = await JournalWriter.open({ dir: plan.toDir, durability: 'disk' })
  const startedAt = Date.now()
  const append = (n: number) => {
    const template = templates[n % templates.length]
    if (template === undefined) throw new Error(`no visit in ${plan.fromDir}`)
    const dated = startedAt - plan.spanMs + Math.floor((plan.spanMs * n) / plan.count)
    const atMs = plan.spanMs === 0 ? Date.now() : dated
    return journal.append(RECORD_TYPE.visit, stamp(template, makeClickId(atMs), atMs))
  }
  let appended = 0
  const appendUpTo = async (end: number) => {
    const burst: Promise<unknown>[] = []
    while (appended < end) burst.push(append(appended++))
    await Promise.all(burst)
  }
  while (appended < plan.count) {
    if (plan.rate > 0) await sleep(TICK_MS)
    const due = plan.rate > 0 ? ((Date.now() - startedAt) * plan.rate) / 1_000 : appended + BURST
    await appendUpTo(Math.min(plan.count, due))
  }
  await journal.close()
}

/** A record with the places in it that are written anew. */
type Template = { readonly bytes: Buffer; readonly ids: readonly number[]; readonly times: readonly number[] }

function toTemplate(bytes: Buffer): Template {
  const after = (name: string) => {
    const at = bytes.indexOf(name)
    if (at < 0) throw new Error(`a visit's record has no ${name}`)
    return at + name.length
  }
  return { bytes, ids: [0, after('"click_id":"')], times: [after('"at":'), after('"visit_at":')] }
}

/** In place: the journal copies a payload before append returns. */
function stamp({ bytes, ids, times }: Template, clickId: string, atMs: number): Buffer {
  for (const at of ids) bytes.write(clickId, at, CLICK_ID_CHARS, 'latin1')
  for (const at of times) bytes.write(String(atMs), at, 'latin1')
  return bytes
}
