import { placeholderProblem } from '../catalogue/find-placeholders.ts'
import type { Guard } from '../delivery/guard.ts'
import { renderTemplate, type Template } from '../domain/macros.ts'
import { holdsLoop, isLoop } from '../domain/notification.ts'
import { compileTarget } from '../domain/target-template.ts'
import { findHostProblem } from '../domain/template-host.ts'
import type { NotificationTargetFields } from '../store/notification-targets.ts'
import { checkTarget } from './notification-target-checks.ts'
import type { Standing } from './portal-offer-standing.ts'
import { kindProblem } from './portal-pixel-words.ts'
import { type FieldError, invalidFields } from './problem.ts'

export type PostbackChecks = {
  readonly guard: Pick<Guard, 'checkUrl'>
  /** Every host name of this installation, lower case, without port. */
  readonly ownHosts: readonly string[]
  /** The offer that it is for; undefined for all of them. */
  readonly standing: Standing | undefined
}

type CheckedTarget = Omit<NotificationTargetFields, 'moderation' | 'moderationReason'>

/**
 * Refuses a postback or pixel that could never work: with macros that are unknown, at a private address or one of our
 * own, or of a kind that the offer's advertiser leaves no room for.
 * @throws Problem 422 that names every wrong field.
 */
export function checkPostback(target: CheckedTarget, checks: PostbackChecks): void {
  // Its body is checked below, where names of other networks are known.
  checkTarget({ ...target, bodyTemplate: '' })
  const { standing } = checks
  const kind = standing === undefined ? '' : kindProblem(standing.terms, target.type)
  const unreadable = textErrors(target)
  const errors = [
    ...(kind === '' ? [] : [{ field: 'type', message: kind }]),
    ...(unreadable.length > 0 ? unreadable : placeErrors(target, checks)),
  ]
  if (errors.length > 0) throw invalidFields(errors)
}

/** A URL for everything but a script's markup, and all macros known. */
function textErrors(target: CheckedTarget): readonly FieldError[] {
  const { type, url, code, method, bodyTemplate } = target
  if (method === 'GET' && bodyTemplate !== '') {
    return [{ field: 'bodyTemplate', message: 'a GET has no body: use method POST' }]
  }
  if (code !== '' && type !== 'script')
    return [{ field: 'code', message: 'only a pixel of type script is code' }]
  if (code !== '' && url !== '') return [{ field: 'code', message: 'a pixel is code or a URL, not both' }]
  const compiled = compileTarget(target)
  if (!compiled.ok) return [{ field: compiled.field, message: compiled.reason }]
  if (code !== '') return []
  if (url === '') return [{ field: 'url', message: 'is missing' }]
  const problem = placeholderProblem(url) || findHostProblem(compiled.templates.url)
  return problem === '' ? [] : [{ field: 'url', message: problem }]
}

function placeErrors(target: CheckedTarget, { guard, ownHosts }: PostbackChecks): readonly FieldError[] {
  const { url, code } = target
  if (holdsLoop(code, ownHosts)) return [{ field: 'code', message: 'leads back to this network' }]
  const compiled = compileTarget(target)
  if (url === '' || !compiled.ok) return []
  const sample = sampleOf(compiled.templates.url)
  if (isLoop(URL.parse(sample)?.href ?? sample, ownHosts)) {
    return [{ field: 'url', message: 'leads back to this network' }]
  }
  const verdict = guard.checkUrl(sample)
  return verdict.ok ? [] : [{ field: 'url', message: verdict.reason }]
}

/** As it would be called; a host that macros begin is judged again with every call. */
function sampleOf(template: Template): string {
  return renderTemplate(template, Object.fromEntries(template.macros.map((name) => [name, 'x'])))
}
