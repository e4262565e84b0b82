import type { UrlPurpose } from '../../src/domain/explain-url-types.ts'
import { meaningOfMacro, sampleValueOf } from '../../src/domain/macro-meanings.ts'
import { MACRO_NAMES } from '../../src/domain/macro-names.ts'
import { compileTemplate, renderTemplate } from '../../src/domain/macros.ts'
import { kindOfMacro, type MacroKind } from './url-reading.ts'

export type MacroChoice = {
  /** As it is written, with its braces. */
  readonly text: string
  readonly kind: MacroKind
  readonly meaning: string
  readonly sample: string
}

/** A visit has no conversion yet. */
const OF_CONVERSION = /^(?:payout|revenue|currency|txid|event|status|conversionid|p\d+)$/
/** What the network earned and paid is not the affiliate's business. */
const OF_NETWORK = /^(?:revenue|cost)$/
const OF_LANDER = 'lander.key'
const NAMED = 'token.NAME'

/** What a text for this purpose can be filled with, in the order of what it is about. */
export function macroChoices(purpose: UrlPurpose): readonly MacroChoice[] {
  return [...MACRO_NAMES, NAMED]
    .filter((name) => isFilled(name, purpose))
    .map((name) => {
      const { meaning, sample } = meaningOfMacro(name, purpose) ?? { meaning: '', sample: '' }
      return { text: `{${name}}`, kind: kindOfMacro(name), meaning, sample }
    })
}

function isFilled(name: string, purpose: UrlPurpose): boolean {
  if (name === OF_LANDER) return purpose === 'lander'
  if (purpose === 'lander' || purpose === 'offer') return !OF_CONVERSION.test(name)
  return purpose !== 'affiliate_target' || !OF_NETWORK.test(name)
}

/** All macros have an example where a conversion is told. */
const OF_EXAMPLES: UrlPurpose = 'target'

/** What a macro becomes with its modifiers, where its value is the example of its meaning. */
export function sampleOf(text: string): string {
  const compiled = compileTemplate(text, { target: 'text' })
  if (!compiled.ok) return ''
  const { template } = compiled
  const values = template.macros.map((name) => [name, name === EMPTY ? '' : sampleValueOf(name, OF_EXAMPLES)])
  return renderTemplate(template, Object.fromEntries(values))
}

/** What the example of `|default` fills in has to be empty. */
const EMPTY = 'sub2'
