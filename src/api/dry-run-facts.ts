import { localHourOf } from '../domain/local-hour.ts'
import type { VisitFacts } from '../domain/visit-facts.ts'
import { referrerDomain } from '../domain/visitor.ts'
import type { Db } from '../store/transaction.ts'
import { getWorkspace } from '../store/workspaces.ts'

type AskedVisitor = {
  readonly facts: Readonly<Record<string, string>> & { readonly referrer?: string }
  readonly atMs: number
  /** Given for a visitor who was here before. */
  readonly previous?: object | undefined
}

/**
 * The visitor that a dry run is about. What follows from something else is filled in unless it is told: the hour and
 * weekday in the workspace's time zone, the referrer's domain, and whether the visitor is new.
 */
export async function dryRunFacts(db: Db, workspace: string, asked: AskedVisitor): Promise<VisitFacts> {
  const { facts, atMs, previous } = asked
  const timeZone = (await getWorkspace(db, workspace))?.timeZone ?? 'UTC'
  const { hour, weekday } = localHourOf(atMs, timeZone)
  const visitor = previous === undefined ? 'new' : 'returning'
  const all = new Map(
    Object.entries({
      hour,
      weekday,
      visitor,
      workspace_visitor: visitor,
      referrer_domain: referrerDomain(facts.referrer ?? ''),
      ...facts,
    }),
  )
  return { value: (field) => all.get(field) ?? '' }
}
