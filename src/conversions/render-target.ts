import { escapeHtml } from '../domain/escape-html.ts'
import type { RenderedPixel } from '../domain/hit.ts'
import type { MacroValues } from '../domain/macro-names.ts'
import { renderTemplate } from '../domain/macros.ts'
import { holdsLoop, isLoop } from '../domain/notification.ts'
import { type CompiledTarget, compileTarget, type TargetTemplates } from '../domain/target-template.ts'
import type { NotificationTarget } from '../domain/target-types.ts'
import type { Configuration } from '../store/load-configuration.ts'

/** A target filled in: what is called, or what the browser is shown. */
export type RenderedTarget = {
  readonly method: NotificationTarget['method']
  /** '' for markup. */
  readonly url: string
  /** Of a POST; the markup itself for markup. */
  readonly body: string
  readonly contentType: string
  /** Why it can not be sent or shown; '' when it can. */
  readonly problem: string
  /** Undefined for a postback, and when there is a problem. */
  readonly pixel: RenderedPixel | undefined
}

/** Targets come from one cached configuration: compiled once per change of it. */
const compiledTargets = new WeakMap<NotificationTarget, CompiledTarget>()

export function compileOnce(target: NotificationTarget): CompiledTarget {
  const known = compiledTargets.get(target)
  if (known !== undefined) return known
  const compiled = compileTarget(target)
  compiledTargets.set(target, compiled)
  return compiled
}

export function renderTarget(target: NotificationTarget, values: MacroValues): RenderedTarget {
  const compiled = compileOnce(target)
  if (!compiled.ok) return unusable(target, target.url, `the target can not be rendered: ${compiled.reason}`)
  const { templates } = compiled
  if (target.type !== 'postback') return renderPixel(target, templates, values)
  const { method, contentType } = target
  const body = method === 'POST' ? renderTemplate(templates.body, values) : ''
  const url = renderTemplate(templates.url, values)
  return { method, url, body, contentType, problem: '', pixel: undefined }
}

/** Every name under which this installation is reached. @param hosts without the configured domains. */
export function allOwnHosts(hosts: readonly string[], { domains }: Configuration): readonly string[] {
  return [...hosts, ...[...domains.values()].map((domain) => domain.name)]
}

/** A host made of macros is known only now, and one written in a strange way only as the caller will read it. */
export function leadsBack({ url, pixel }: RenderedTarget, ownHosts: readonly string[]): boolean {
  if (isLoop(URL.parse(url)?.href ?? url, ownHosts)) return true
  return pixel?.type === 'html' && holdsLoop(pixel.html, ownHosts)
}

function renderPixel(
  target: NotificationTarget,
  templates: TargetTemplates,
  values: MacroValues,
): RenderedTarget {
  const { method, contentType } = target
  if (target.code !== '') {
    const html = renderTemplate(templates.code, values)
    return { method, url: '', body: html, contentType, problem: '', pixel: { type: 'html', html } }
  }
  const text = renderTemplate(templates.url, values)
  const parsed = URL.parse(text)
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    return unusable(target, text, 'the pixel is no web address')
  }
  // As a browser would read it: ASCII without quotes or spaces, so that it fits into a header and a document.
  const url = parsed.href
  return { method, url, body: '', contentType, problem: '', pixel: pixelOf(target, url) }
}

/** A stranger's script never runs in the advertiser's page: it is shown as markup, which has a frame of its own. */
function pixelOf({ type, ownerType }: NotificationTarget, url: string): RenderedPixel | undefined {
  if (type === 'postback') return undefined
  if (type !== 'script' || ownerType !== 'affiliate') return { type, url }
  return { type: 'html', html: `<script src="${escapeHtml(url)}" async></script>` }
}

function unusable({ method, contentType }: NotificationTarget, url: string, problem: string): RenderedTarget {
  return { method, url, body: '', contentType, problem, pixel: undefined }
}
