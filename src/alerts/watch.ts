import type { AlertFinding, AlertKind } from '../domain/alert.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Configuration } from '../store/load-configuration.ts'
import type { Db } from '../store/transaction.ts'

/** A finding and whose it is. */
export type WorkspaceFinding = AlertFinding & { readonly workspace: string }

/** What one look sees. */
export type WatchContext = {
  readonly db: Db
  readonly ledger: Pick<Ledger, 'query'>
  readonly configuration: Configuration
  /** How far the ledger is behind the journals, milliseconds. */
  readonly journalLagMs: number
  /** Unix milliseconds. */
  readonly now: number
  /** Nothing is known of one workspace this time, because of an error or for lack of time; the others go on. */
  readonly skip: (workspace: string, error?: unknown) => void
}

/**
 * Looks after some kinds of alerts, in all workspaces. It may remember what is costly to load again.
 * @throws what stores and ledger throw: nothing is then known of these kinds, and nothing changes.
 */
export type Watch = {
  readonly kinds: readonly AlertKind[]
  look(context: WatchContext): Promise<readonly WorkspaceFinding[]>
}

/** The findings of one workspace. */
export function inWorkspace(
  workspace: string,
  findings: readonly AlertFinding[],
): readonly WorkspaceFinding[] {
  return findings.map((finding) => ({ ...finding, workspace }))
}
