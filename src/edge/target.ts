import { compileTemplate, renderTemplate, type Template } from '../domain/macros.ts'

/** A configured URL that visitors may be sent to, compiled. */
export type Target = { readonly template: Template }

export type CompiledTarget =
  | { readonly ok: true; readonly target: Target }
  | { readonly ok: false; readonly reason: string }

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
    ? { ok: true, target: { template: compiled.template } }
    : { ok: false, reason: 'the URL does not start with http(s):// and a host without macros' }
}

/**
 * Fills a target. Only the macros it names are looked up: most name two or three of some sixty.
 * @param valueFor the value of a canonical macro name; '' when there is none.
 */
export function renderTarget(target: Target, valueFor: (name: string) => string): string {
  const values: Record<string, string> = {}
  for (const name of target.template.macros) values[name] = valueFor(name)
  return renderTemplate(target.template, values)
}
