import { rulesOf } from '../domain/target-systems/system-rules.ts'
import {
  type SystemField,
  type SystemRules,
  TARGET_SYSTEMS,
  type TargetSystem,
} from '../domain/target-systems/target-system.ts'
import type { FieldError } from './problem.ts'

/** As long as a body template, which a setting with a text is the same as. */
const VALUE_CHARS_MAX = 16_384

/** Where the fields of a system are. */
type FieldGroup = 'settings' | 'secrets'

export type SystemQuestion = {
  readonly system: string
  readonly settings: Readonly<Record<string, string>>
  /** Of all secrets that the target will have, also those that are sealed already. */
  readonly secretNames: readonly string[]
  /** The target's own address; '' for the system's. */
  readonly url: string
}

/**
 * What is wrong with a target of a system, by field: `system`, `settings.NAME`, `secrets.NAME` and `url`. Empty when it
 * can be saved. Values of secrets are checked apart, by `checkSystemSecrets`, since old ones are not at hand.
 */
export function checkSystem(question: SystemQuestion): readonly FieldError[] {
  const { system, settings, secretNames, url } = question
  const rules = rulesFor(system)
  if (rules === undefined) return [unknownSystem(system)]
  return [
    ...unknownFields('settings', rules.settings, Object.keys(settings)),
    ...rules.settings.flatMap((field) => checkValue('settings', field, valueIn(settings, field))),
    ...unknownFields('secrets', rules.secrets, secretNames),
    ...missingSecrets(rules.secrets, secretNames),
    ...checkUrl(system, rules, url),
  ]
}

/** What is wrong with the values of secrets that are new. A message never repeats one. */
export function checkSystemSecrets(
  system: string,
  secrets: Readonly<Record<string, string>>,
): readonly FieldError[] {
  const fields = rulesFor(system)?.secrets ?? []
  return fields
    .filter(({ name }) => Object.hasOwn(secrets, name))
    .flatMap((field) => checkValue('secrets', field, valueIn(secrets, field)))
}

function rulesFor(system: string): SystemRules | undefined {
  return isSystem(system) ? rulesOf(system) : undefined
}

function isSystem(system: string): system is TargetSystem {
  return TARGET_SYSTEMS.some((known) => known === system)
}

function unknownSystem(system: string): FieldError {
  return { field: 'system', message: `there is no system "${system}": see GET /api/v1/target-systems` }
}

function unknownFields(
  group: FieldGroup,
  fields: readonly SystemField[],
  names: readonly string[],
): readonly FieldError[] {
  const known = new Set(fields.map(({ name }) => name))
  const list = fields.length === 0 ? 'none' : [...known].join(', ')
  return names
    .filter((name) => !known.has(name))
    .map((name) => ({ field: `${group}.${name}`, message: `is unknown to the system; it has ${list}` }))
}

function missingSecrets(fields: readonly SystemField[], names: readonly string[]): readonly FieldError[] {
  return fields
    .filter(({ name, isRequired }) => isRequired && !names.includes(name))
    .map(({ name, label }) => missing('secrets', name, label))
}

function checkValue(group: FieldGroup, field: SystemField, value: string): readonly FieldError[] {
  const { name, label, isRequired, pattern, choices } = field
  if (value === '') return isRequired ? [missing(group, name, label)] : []
  const wrong = (message: string) => [{ field: `${group}.${name}`, message }]
  if (value.length > VALUE_CHARS_MAX) return wrong(`is longer than ${VALUE_CHARS_MAX} characters`)
  if (choices.length > 0 && !choices.includes(value)) return wrong(`must be one of ${choices.join(', ')}`)
  if (pattern !== '' && !new RegExp(`^(?:${pattern})$`).test(value))
    return wrong(`does not look like a ${label}`)
  const problem = field.findProblem?.(value) ?? ''
  return problem === '' ? [] : wrong(problem)
}

function missing(group: FieldGroup, name: string, label: string): FieldError {
  return { field: `${group}.${name}`, message: `${label} is missing` }
}

/** A system's own address is a base that paths are put behind; a system without one is called at exactly this URL. */
function checkUrl(system: string, { baseUrl }: SystemRules, url: string): readonly FieldError[] {
  const wrong = (message: string) => [{ field: 'url', message }]
  if (system === 'email') return url === '' ? [] : wrong('must be empty: an e-mail has no web address')
  if (url === '') return baseUrl === '' ? wrong('must not be empty') : []
  const parsed = URL.parse(url)
  if (parsed === null || !/^https?:\/\//i.test(url)) return wrong('must be an absolute http(s) URL')
  if (/[{}\s]/.test(url)) return wrong('must have no macros and no spaces')
  if (parsed.username !== '' || parsed.password !== '') return wrong('must have no user and password')
  if (parsed.hash !== '') return wrong('must have no fragment')
  if (baseUrl !== '' && (parsed.search !== '' || url.endsWith('/')))
    return wrong('must be a base address without a query or a slash at its end')
  return []
}

/** Own values alone: a setting may be called `constructor`. */
function valueIn(values: Readonly<Record<string, string>>, { name }: SystemField): string {
  return Object.hasOwn(values, name) ? (values[name] ?? '') : ''
}
