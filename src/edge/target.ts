import { compileTemplate, type Template } from '../domain/macros.ts'

/** A configured URL that visitors may be sent to, compiled. */
export type Target = {
  readonly template: Template
  /** Its only macro, if it has one, is the click id. */
  readonly isClickIdOnly: boolean
  /** It has macros that only the request of the visit itself can fill, not that of a later click. */
  readonly needsVisit: boolean
  /** It has `{lander.key}`, which takes a signature. */
  readonly needsLanderKey: boolean
}

export type CompiledTarget =
  | { readonly ok: true; readonly target: Target }
  | { readonly ok: false; readonly reason: string }

const VISIT_MACRO = /^(?:externalid|cost|referrer(?:\.domain)?|sub\d+|token\..+)$/

/** Scheme and host, up to the first character that ends a host. */
const ORIGIN = /^https?:\/\/(?:[a-z0-9._%-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?(?=[/?#]|$)/i

/**
 * Compiles a URL with macros. The scheme and the host must be fixed text: a macro there would let a visitor's
 * parameter choose where visitors are sent.
 */
export function compileTarget(url: string): CompiledTarget {
  const compiled = compileTemplate(url)
  if (!compiled.ok) return { ok: false, reason: compiled.reason }
  const { literals, slots } = compiled.template
  const start = literals[0] ?? ''
  const origin = ORIGIN.exec(start)?.[0]
  const isFixed = origin !== undefined && (origin.length < start.length || slots.length === 0)
  return isFixed
    ? { ok: true, target: toTarget(compiled.template) }
    : { ok: false, reason: 'the URL does not start with http(s):// and a host without macros' }
}

function toTarget(template: Template): Target {
  return {
    template,
    isClickIdOnly: template.macros.every((name) => name === 'clickid'),
    needsVisit: template.macros.some((name) => VISIT_MACRO.test(name)),
    needsLanderKey: template.macros.includes('lander.key'),
  }
}
