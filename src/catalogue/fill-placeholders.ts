import type { Placeholder } from './catalogue-schema.ts'
import { findPlaceholders } from './find-placeholders.ts'

/** What may stand in a URL where the placeholder stood: nothing that would end the parameter or make a macro. */
const VALUE = /^[A-Za-z0-9._~%+/=:@!*,;|-]{1,200}$/
const NAMES = /REPLACE_[A-Z0-9_]+/g

export type Filled<Template> =
  | { readonly ok: true; readonly template: Template }
  | { readonly ok: false; readonly problems: readonly { readonly name: string; readonly message: string }[] }

/**
 * Puts the user's values in the place of a template's placeholders. Without a value for each of them it is refused,
 * by name and with the hint where the value is found.
 */
export function fillPlaceholders<Template extends { readonly placeholders: readonly Placeholder[] }>(
  template: Template,
  replacements: Readonly<Record<string, string>>,
): Filled<Template> {
  const problems = [
    ...template.placeholders.flatMap(({ name, hint }) => problemOf(name, hint, replacements[name] ?? '')),
    ...Object.keys(replacements)
      .filter((name) => template.placeholders.every((placeholder) => placeholder.name !== name))
      .map((name) => ({ name, message: 'is no placeholder of this template' })),
  ]
  if (problems.length > 0) return { ok: false, problems }
  return { ok: true, template: fillTexts({ ...template, placeholders: [] }, replacements) }
}

function problemOf(name: string, hint: string, value: string) {
  if (value === '') return [{ name, message: `is needed: ${hint}` }]
  if (findPlaceholders(value).length > 0) return [{ name, message: 'is still a placeholder' }]
  return VALUE.test(value) ? [] : [{ name, message: 'holds characters that can not stand in a URL' }]
}

/** The same value with every text in it filled; the shape stays as it is. */
function fillTexts<Value>(value: Value, replacements: Readonly<Record<string, string>>): Value {
  return JSON.parse(
    JSON.stringify(value, (_key, part: unknown) =>
      typeof part === 'string' ? part.replaceAll(NAMES, (name) => replacements[name] ?? name) : part,
    ),
  ) as Value // texts alone were changed
}
