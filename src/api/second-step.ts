import { appendAudit } from '../store/audit-log.ts'
import { lockKeys } from '../store/lock-keys.ts'
import { findNewestDeed } from '../store/newest-deed.ts'
import { inTransaction } from '../store/transaction.ts'
import type { User } from './accounts.ts'
import type { ApiDeps } from './api-deps.ts'
import { USER_ACTOR } from './caller.ts'

/** Also what turns two-factor sign-in on, with the session of who does. */
export const VERIFY_TOTP = 'POST /two-factor/verify-totp'
/** Where a person says a code besides the password. */
const SECOND_STEPS: ReadonlySet<string> = new Set([VERIFY_TOTP, 'POST /two-factor/verify-backup-code'])
const FAILED = 'member.fail_two_factor'
/** Who tries many codes is told of once; the log is not theirs to fill. */
const FAILURE_TOLD_MS = 60_000

type Step = {
  readonly route: string
  readonly request: Request
  readonly body: unknown
  /** Of the session that came along; who signs in has none yet. */
  readonly user: User | undefined
}

export function isSecondStep(route: string): boolean {
  return SECOND_STEPS.has(route)
}

/** Has a code judged: one of the app counts once, and wrong ones are told to the workspaces of the person. */
export async function answerSecondStep(deps: ApiDeps, step: Step): Promise<Response> {
  const { accounts } = deps
  const userId = step.user?.id ?? (await accounts.secondStepUser(step.request.headers))
  if (userId === undefined) return await accounts.handle(step.request)
  const code = step.route === VERIFY_TOTP ? codeOf(step.body) : ''
  const answer = await (code === ''
    ? accounts.handle(step.request)
    : takeOnce(deps, { ...step, userId, code }))
  // Who turns it on and mistypes is signed in anyway.
  const signsIn = step.user === undefined || step.user.hasTwoFactor
  if (signsIn && answer.status >= 400 && answer.status < 500) await tellFailure(deps, userId)
  return answer
}

/**
 * RFC 6238, 5.2: a code that was accepted is not accepted again. It is reserved before it is judged, so that of two
 * requests with the same code one alone may pass; a wrong one is let go, and each try of it counts.
 */
async function takeOnce(
  { accounts }: ApiDeps,
  { request, userId, code }: Step & { readonly userId: string; readonly code: string },
): Promise<Response> {
  if (!(await accounts.reserveCode(userId, code))) {
    const message = 'This code was used before: wait for the next one.'
    return Response.json({ code: 'INVALID_CODE', message }, { status: 401 })
  }
  const answer = await accounts.handle(request)
  if (!answer.ok) await accounts.releaseCode(userId, code)
  return answer
}

async function tellFailure({ store, accounts, clock, log }: ApiDeps, userId: string): Promise<void> {
  const at = clock()
  const subject = { subjectType: 'member', subjectId: userId }
  try {
    for (const { workspace } of await accounts.memberships(userId)) {
      await inTransaction(store.db, async (db) => {
        await lockKeys(db, store.engine, [`${FAILED}:${userId}`])
        const last = await findNewestDeed(db, { workspace, ...subject, action: FAILED })
        if (last !== undefined && at - last < FAILURE_TOLD_MS) return
        const actor = `${USER_ACTOR}${userId}`
        await appendAudit(db, { workspace, at, actor, action: FAILED, ...subject, detail: {} })
      })
    }
  } catch (error) {
    // The refusal is the answer, whether or not it could be told.
    log.error({ err: error }, 'a failed second step is missing in the audit log')
  }
}

function codeOf(body: unknown): string {
  if (typeof body !== 'object' || body === null || !('code' in body)) return ''
  return typeof body.code === 'string' ? body.code : ''
}
