import type { Generated } from 'kysely'
import type { HitOutcome } from '../domain/hit.ts'
import type { TargetSystem } from '../domain/target-systems/target-system.ts'
import type { DeliveryState } from '../domain/target-types.ts'

/**
 * The tables of queues, jobs and corrections: what core works on in the background. Conventions as in schema.ts.
 */

/** New values for a visit: conversions see them at once, the ledger by correcting rows soon after. */
export type VisitUpdatesTable = {
  /** The hit's id, or the job's and the click id's: applying is idempotent by it. */
  id: string
  workspace: string
  click_id: string
  at: number
  /** VisitChange. */
  change_json: string
  /** When its correcting rows were written; null while it waits. */
  applied_at: number | null
}

/** Sum of a visit's named number: what "set to" is turned into a difference by. */
export type VisitNumbersTable = { workspace: string; click_id: string; name: string; value_micros: number }

/** Work that takes long: it is done in steps, survives a restart, and shows its progress. */
export type JobsTable = {
  id: string
  workspace: string
  /** 'conversion_upload', 'fraud_rerun'… */
  kind: string
  /** Chosen by its creator, unique in workspace and kind: the same order given twice is one job. '' for none. */
  key: Generated<string>
  state: JobState
  total: number
  done: number
  failed: number
  params_json: string
  /** Where to go on after a restart. */
  cursor_json: string
  result_json: string
  /** `user:ID` or `key:ID`. */
  actor: string
  reason: string
  created_at: number
  updated_at: number
}

export type JobState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'

export type ConversionUploadsTable = {
  id: string
  workspace: string
  name: string
  state: 'preview' | 'applied'
  /** '' until it is applied. */
  job_id: string
  actor: string
  created_at: number
  updated_at: number
}

export type UploadRowsTable = {
  upload_id: string
  /** Line of the file, from 1. */
  line: number
  /** '' for a good row. */
  problem: string
  /** Parameters under our names. */
  params_json: string
  /** Repeated from them, so that the rows of a visit are found; '' for none. */
  click_id: Generated<string>
  /** HitOutcome; '' until it is applied. */
  outcome: HitOutcome | ''
  reason: string
  /** HitOutcome that it would come to, when the file was looked at; '' when that was not looked at. */
  forecast: HitOutcome | ''
  /** Why, and what it would do to a conversion. */
  forecast_json: string
}

export type CostCorrectionsTable = {
  id: string
  workspace: string
  /** Chosen by the sender; unique in the workspace: the same correction sent twice is applied once. */
  key: string
  request_json: string
  /** What it added, in the workspace's currency. */
  amount_micros: number
  rows: number
  actor: string
  created_at: number
  /** The correction that this one takes back. */
  undoes: string | null
  /** How many the workspace had before: their order, whatever clocks say. Null when it was not counted yet. */
  n: number | null
}

/** What a correction of costs added to the ledger, as long as it can be undone. */
export type CostCorrectionRowsTable = {
  correction_id: string
  rows_json: string
  created_at: number
}

/** Weights that Thompson sampling has set; they go before those of the flow while it is optimised. */
export type OptimizedWeightsTable = {
  workspace: string
  /** A shared flow's or a campaign's id. */
  owner_id: string
  /** The path whose landers or offers they are; the rule's id or '' for paths. */
  scope_id: string
  /** Path, lander or offer. */
  arm_id: string
  weight: number
  probability_best: number
  updated_at: number
}

export type DeliveriesTable = {
  id: string
  workspace: string
  conversion_id: string
  /** conversion_history.n that caused it; unique with conversion and target. */
  transition: number
  target_id: string
  /** Whose target it is, on the network's side; '' otherwise. */
  affiliate_id: Generated<string>
  click_id: string
  type: string
  method: string
  url: string
  body: string
  content_type: string
  /** TargetSystem; '' for a plain URL. */
  system: Generated<TargetSystem | ''>
  /** host:port of the URL: with the target, the lane that it waits in. Filled in by enqueueDeliveries, and by a replay. */
  host: Generated<string>
  state: DeliveryState
  /** Why skipped, dead or cancelled. */
  reason: string
  due_at: number
  /** When it was due before it was put off behind earlier news of its conversion; null when it was not. */
  put_off_from: Generated<number | null>
  /** When it is given up unsent; null for never. */
  expires_at: Generated<number | null>
  /** Null, or the worker that sends it now and until when. */
  lease_owner: string | null
  lease_until: number | null
  attempts: number
  /** Attempts made before the last replay: the retry schedule starts anew after them. */
  attempts_before: number
  created_at: number
  updated_at: number
}

export type DeliveryAttemptsTable = {
  delivery_id: string
  n: number
  workspace: string
  started_at: number
  duration_ms: number
  /** Where the time went: {waitedMs, isReused, queuedMs?, …}. Null when nothing went out, and before it was measured. */
  phases_json: string | null
  /** What was sent: {method, url, headers, body}. */
  request_json: string
  /** Null when no answer came. */
  response_status: number | null
  response_headers_json: string
  /** First 4 kB. */
  response_body: string
  /** '' or a code: timeout, refused_address, dns, connect, tls, protocol, too_many_redirects. */
  error: string
}

/** How calls to a target went lately; no row: it was never called. */
export type TargetHealthTable = {
  target_id: string
  workspace: string
  /** The first failure since the last success; null while it is well. */
  failing_since: number | null
  /** The first failure of those without a day between them: since then it fails steadily. Null while it is well. */
  steady_since: Generated<number | null>
  failures_in_row: number
  last_success_at: number | null
  last_failure_at: number | null
  /** '' after a success. */
  last_error: string
}

/** Workers that are alive: they share the limits of hosts and targets. */
export type DeliveryWorkersTable = { id: string; seen_at: number }

/** Something that somebody should look at. One is open for a kind and a subject; it opens and resolves in turns. */
export type AlertsTable = {
  id: string
  workspace: string
  /** AlertKind. */
  kind: string
  /** What it is about: a target, an offer…; '' for the whole workspace. */
  subject_id: string
  state: 'open' | 'resolved'
  title: string
  /** AlertDetail. */
  detail_json: string
  opened_at: number
  /** When it was last found to hold. */
  seen_at: number
  resolved_at: number | null
  /** Since when it is found to hold no more; null while it holds. */
  cleared_at: number | null
  /** When its channels were last told of it; null when never. */
  told_at: number | null
  /** Turns so far (opened, reminded, resolved): its channels hear of each once. */
  transitions: number
  /** The last turn that its channels were told of, or that nobody is to be told of; less while one waits. */
  told_transition: number
}

/** Click ids whose personal data is erased, also what arrives of them later. */
export type ErasuresTable = {
  workspace: string
  click_id: string
  actor: string
  reason: string
  created_at: number
  /** Null while something of it may still be there. */
  done_at: number | null
}

/** Where background work goes on, by its name. */
export type WorkCursorsTable = { name: string; value: string }

/** Ledger rows waiting for the ledger; a row leaves when its batch is in. */
export type LedgerOutboxTable = {
  seq: Generated<number>
  /** A LedgerRow. */
  row_json: string
  /** Set before the batch is inserted: the exact rows of a repeat, and its deduplication token. */
  batch: string | null
}

/** A journal batch is recorded here before its insert; one at most per edge is open. */
export type LedgerBatchesTable = {
  edge: string
  from_segment: number
  from_offset: number
  to_segment: number
  to_offset: number
  token: string
}

/** Everything before (segment, offset) of the edge's journal is done by this consumer. */
export type JournalCheckpointsTable = { edge: string; consumer: string; segment: number; offset: number }
