import { z } from 'zod'
import { maskUrlSecrets } from '../domain/mask-url-secrets.ts'

/** What an audit entry keeps of one change at most, as JSON: a flow of some dozen paths fits. */
const CHANGES_CHARS_MAX = 20_000

/** A field that changed, as the API shows it: PATCH takes `before` to undo the change, unless it is masked. */
export type FieldChange = {
  readonly before: unknown
  readonly after: unknown
  /** A URL in it holds what looks like a secret, which is not kept. */
  readonly isMasked?: true
}

/** For the `detail` of an audit entry. */
export type AuditedChanges = {
  /** Every field that changed. */
  readonly fields: readonly string[]
  /** Those of them whose values are kept; absent when none is. */
  readonly changes?: Readonly<Record<string, FieldChange>>
}

type Compared = {
  /** Names of the fields that a body may set. */
  readonly settable: readonly string[]
  /** Of those, the ones that may hold secrets: that they changed is kept, what they say is not. */
  readonly secret?: readonly string[] | undefined
  /** Of the settable ones, what the body names and no view shows: that they were given is all there is to keep. */
  readonly given?: readonly string[]
  readonly before: object
  readonly after: object
}

/** What a change changed, from the views of the thing before and after it. */
export function auditedChanges({
  settable,
  secret = [],
  given = [],
  before,
  after,
}: Compared): AuditedChanges {
  const old = new Map(Object.entries(before))
  const now = new Map(Object.entries(after))
  const changed = settable.filter((name) => JSON.stringify(old.get(name)) !== JSON.stringify(now.get(name)))
  const unseen = given.filter((name) => settable.includes(name) && !now.has(name))
  const fields = [...new Set([...changed, ...unseen])]
  const changes: Record<string, FieldChange> = {}
  let chars = 0
  for (const name of changed) {
    if (secret.includes(name)) continue
    const change = toChange(old.get(name) ?? null, now.get(name) ?? null)
    chars += JSON.stringify(change).length
    if (chars > CHANGES_CHARS_MAX) return { fields }
    changes[name] = change
  }
  return Object.keys(changes).length === 0 ? { fields } : { fields, changes }
}

function toChange(before: unknown, after: unknown): FieldChange {
  const masked = { before: maskUrls(before), after: maskUrls(after) }
  const isSame = JSON.stringify(masked) === JSON.stringify({ before, after })
  return isSame ? masked : { ...masked, isMasked: true }
}

/** Every URL in a value of JSON, however deep. */
function maskUrls(value: unknown): unknown {
  if (typeof value === 'string') return maskUrlSecrets(value)
  if (Array.isArray(value)) return value.map(maskUrls)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, maskUrls(each)]))
}

/** The names that a body of this schema may have. */
export function settableFields(body: z.ZodType): readonly string[] {
  const { properties } = z.toJSONSchema(body, { io: 'input', unrepresentable: 'any' })
  return Object.keys(properties ?? {})
}
