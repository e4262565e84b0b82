import { compileTemplate } from '../domain/macros.ts'
import { findHostProblem } from '../domain/template-host.ts'
import { isUnfilledMacro } from '../domain/unfilled-macro.ts'
import type { TrafficSourceTemplate } from './catalogue-schema.ts'
import { checkCurrency, checkPlaceholders, fillSamples } from './check-placeholders.ts'
import { findPlaceholders } from './find-placeholders.ts'

/**
 * What would not work about a template: a macro that would be taken for a value, parameters that hide each other,
 * a target that could not be called. One sentence each; none when it is sound.
 */
export function checkTrafficSource(template: TrafficSourceTemplate): readonly string[] {
  return [
    ...checkParameters(template),
    ...checkMacros(template),
    ...template.targets.flatMap((target, index) => checkTarget(template, target, index)),
    ...checkPlaceholders(template.placeholders, [
      ...template.targets.map(({ url }) => url),
      template.currency,
    ]),
    ...checkCurrency(template.currency),
  ]
}

function parametersOf({ externalId, cost, tokens }: TrafficSourceTemplate) {
  return [externalId, cost, ...tokens].filter((parameter) => parameter !== null)
}

function checkParameters(template: TrafficSourceTemplate): string[] {
  const params = parametersOf(template).map(({ param }) => param.toLowerCase())
  const names = template.tokens.map(({ name }) => name.toLowerCase())
  return [
    ...repeated(params).map((param) => `parameter "${param}" is there twice`),
    ...repeated(names).map((name) => `token "${name}" is there twice`),
  ]
}

/** A macro that its source leaves unfilled must count as empty, also after it was read as percent-encoding. */
function checkMacros(template: TrafficSourceTemplate): string[] {
  return parametersOf(template).flatMap(({ param, macro }) => {
    if (macro === '') return []
    if (findPlaceholders(macro).length > 0) return [`${param}: a macro can not hold a placeholder`]
    const arrived = new URLSearchParams(`${param}=${macro}`).get(param) ?? ''
    if (isUnfilledMacro(macro) && isUnfilledMacro(arrived)) return []
    return [`${param}: "${macro}" left unfilled would count as a value`]
  })
}

function checkTarget(
  template: TrafficSourceTemplate,
  target: TrafficSourceTemplate['targets'][number],
  index: number,
): string[] {
  const where = `targets.${index}.url`
  const compiled = compileTemplate(fillSamples(target.url))
  if (!compiled.ok) return [`${where}: ${compiled.reason}`]
  const problems: string[] = []
  const host = findHostProblem(compiled.template)
  if (host !== '') problems.push(`${where}: ${host}`)
  const { macros } = compiled.template
  if (target.type === 'postback' && !macros.includes('externalid')) {
    problems.push(`${where}: a postback without {externalid} names no click`)
  }
  if (macros.includes('externalid') && template.externalId === null) {
    problems.push(`${where}: {externalid} stays empty, since no parameter carries it`)
  }
  const tokens = new Set(template.tokens.map(({ name }) => `token.${name}`))
  const strange = macros.filter((macro) => macro.startsWith('token.') && !tokens.has(macro))
  return [...problems, ...strange.map((macro) => `${where}: {${macro}} is no token of this template`)]
}

function repeated(list: readonly string[]): string[] {
  return [...new Set(list.filter((item, index) => list.indexOf(item) !== index))]
}
