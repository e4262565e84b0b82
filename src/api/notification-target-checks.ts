import { placeholderProblem } from '../catalogue/find-placeholders.ts'
import { CUSTOM_HEADER_LIMITS, findHeaderProblem } from '../domain/custom-headers.ts'
import { compileTemplate } from '../domain/macros.ts'
import type { TargetSecrets } from '../domain/target-secrets.ts'
import type { NotificationTargetFields } from '../store/notification-targets.ts'
import { type FieldError, invalidFields } from './problem.ts'
import type { SecretChanges } from './target-secrets.ts'
import { checkSystem, checkSystemSecrets } from './target-system-checks.ts'

type CalledFields = Pick<
  NotificationTargetFields,
  'type' | 'method' | 'bodyTemplate' | 'contentType' | 'sealedSecrets'
>
type OwnFields = Omit<CalledFields, 'sealedSecrets'> &
  Pick<NotificationTargetFields, 'url' | 'system' | 'settings'>

/**
 * A body goes with POST alone, and its macros must be known in its own syntax. A pixel is shown by the visitor's
 * browser: it is fetched by GET and signed by nobody, and a secret in it would be public.
 * @throws Problem 422 that names every wrong field.
 */
export function checkTarget(target: CalledFields): void {
  refuse([...pixelErrors(target), ...bodyErrors(target)])
}

/**
 * The same for a target that no affiliate owns, with its headers and its system.
 * @param secrets that it will have; `given` are those of them that are new.
 * @throws Problem 422 that names every wrong field, and never repeats a secret.
 */
export function checkOwnTarget(
  target: OwnFields,
  { secrets, given }: { readonly secrets: TargetSecrets; readonly given: SecretChanges },
): void {
  const hasSecrets = secrets.signing.length > 0 || Object.keys(secrets.headers).length > 0
  refuse([
    ...pixelErrors({ ...target, sealedSecrets: hasSecrets ? 'some' : '' }),
    ...headerErrors(secrets.headers, given.headers ?? {}),
    ...(target.system === '' ? plainErrors(target, secrets) : systemErrors(target, secrets, given)),
  ])
}

function refuse(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalidFields(errors)
}

function pixelErrors({
  type,
  method,
  sealedSecrets,
}: Pick<NotificationTargetFields, 'type' | 'method' | 'sealedSecrets'>): readonly FieldError[] {
  const errors: FieldError[] = []
  if (type === 'postback') return errors
  if (method !== 'GET')
    errors.push({ field: 'method', message: `a target of type ${type} is fetched by GET` })
  if (sealedSecrets !== '')
    errors.push({ field: 'secret', message: 'only a postback is signed and has headers' })
  return errors
}

function plainErrors(target: OwnFields, secrets: TargetSecrets): readonly FieldError[] {
  const errors = [...bodyErrors(target)]
  const only = 'is for targets of a system alone'
  if (target.url === '') errors.push({ field: 'url', message: 'must not be empty' })
  if (Object.keys(target.settings).length > 0) errors.push({ field: 'settings', message: only })
  if (Object.keys(secrets.system).length > 0) errors.push({ field: 'systemSecrets', message: only })
  return errors
}

/** How a system is called is its own rules' to say. */
function systemErrors(
  { type, system, settings, url, bodyTemplate }: OwnFields,
  secrets: TargetSecrets,
  { systemSecrets = {} }: SecretChanges,
): readonly FieldError[] {
  const errors: FieldError[] = []
  if (type !== 'postback')
    errors.push({ field: 'type', message: 'a system is called by the server: use type postback' })
  if (bodyTemplate !== '')
    errors.push({ field: 'bodyTemplate', message: 'is for plain URLs alone: a system has a body of its own' })
  const secretNames = Object.keys(secrets.system)
  const values = Object.fromEntries(Object.entries(systemSecrets).filter(([, value]) => value !== ''))
  const wrong = [
    ...checkSystem({ system, settings, secretNames, url }),
    ...checkSystemSecrets(system, values),
  ]
  return [...errors, ...wrong.map(toOwnField)]
}

/** Secrets of a system stand beside others here. */
function toOwnField({ field, message }: FieldError): FieldError {
  return { field: field.replace(/^secrets\./, 'systemSecrets.'), message }
}

function headerErrors(
  all: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string>>,
): readonly FieldError[] {
  const { headersMax, totalCharsMax } = CUSTOM_HEADER_LIMITS
  const errors = Object.entries(given)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => ({ field: `headers.${name}`, message: findHeaderProblem(name, value) }))
    .filter(({ message }) => message !== '')
  const entries = Object.entries(all)
  const chars = entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0)
  if (entries.length > headersMax) errors.push({ field: 'headers', message: `must be ${headersMax} at most` })
  if (chars > totalCharsMax)
    errors.push({ field: 'headers', message: `must be ${totalCharsMax} characters at most, all together` })
  return errors
}

function bodyErrors({
  method,
  bodyTemplate,
  contentType,
}: Pick<NotificationTargetFields, 'method' | 'bodyTemplate' | 'contentType'>): readonly FieldError[] {
  const errors: FieldError[] = []
  if (bodyTemplate === '') return errors
  if (method === 'GET') errors.push({ field: 'bodyTemplate', message: 'a GET has no body: use method POST' })
  const compiled = compileTemplate(bodyTemplate, { target: TEMPLATE_TARGETS[contentType] ?? 'text' })
  const reason = placeholderProblem(bodyTemplate) || (compiled.ok ? '' : compiled.reason)
  if (reason !== '') errors.push({ field: 'bodyTemplate', message: reason })
  return errors
}

const TEMPLATE_TARGETS: Readonly<Record<string, 'url' | 'json' | 'text'>> = {
  'application/x-www-form-urlencoded': 'url',
  'application/json': 'json',
}
