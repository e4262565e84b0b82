import { isCurrency } from '../domain/money.ts'
import type { Placeholder } from './catalogue-schema.ts'
import { findPlaceholders } from './find-placeholders.ts'

const NAMES = /REPLACE_[A-Z0-9_]+/g

/** The text as if the user had given every value. */
export function fillSamples(text: string): string {
  return text.replaceAll(NAMES, 'sample')
}

/** Placeholders are declared, each once, and only those that the texts hold. */
export function checkPlaceholders(
  placeholders: readonly Placeholder[],
  texts: readonly string[],
): readonly string[] {
  const declared = placeholders.map(({ name }) => name)
  const found = [...new Set(texts.flatMap((text) => findPlaceholders(text)))]
  return [
    ...declared
      .filter((name, index) => declared.indexOf(name) !== index)
      .map((name) => `${name} is declared twice`),
    ...declared.filter((name) => !found.includes(name)).map((name) => `${name} is declared but not used`),
    ...found
      .filter((name) => !declared.includes(name))
      .map((name) => `the placeholder "${name}" is not declared: call it REPLACE_NAME and give a hint`),
  ]
}

/** A template's own currency is ISO 4217, none, or asked of the user. */
export function checkCurrency(currency: string): readonly string[] {
  if (currency === '' || isCurrency(currency) || findPlaceholders(currency)[0] === currency) return []
  return [`currency: "${currency}" is not ISO 4217`]
}
