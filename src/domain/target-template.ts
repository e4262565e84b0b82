import { AFFILIATE_ALIASES } from './macro-aliases.ts'
import { compileTemplate, type Template, type TemplateOptions, type TemplateTarget } from './macros.ts'
import type { NotificationTarget } from './target-types.ts'

/** What is rendered of a notification target. */
export type TargetTemplates = {
  readonly url: Template
  readonly body: Template
  /** Without text unless the target is made of markup. */
  readonly code: Template
  /** Whether its receiver can tell a rejected conversion from an approved one. */
  readonly tellsStatus: boolean
}

export type CompiledTarget =
  | { readonly ok: true; readonly templates: TargetTemplates }
  /** One sentence for the user, and the field that it is about. */
  | { readonly ok: false; readonly field: 'url' | 'bodyTemplate' | 'code'; readonly reason: string }

type TargetText = Pick<
  NotificationTarget,
  'ownerType' | 'method' | 'url' | 'bodyTemplate' | 'contentType' | 'code'
>

/**
 * Compiles all texts of a target. In an affiliate's, the names of other networks mean what they mean there
 * (AFFILIATE_ALIASES).
 */
export function compileTarget(target: TargetText): CompiledTarget {
  const options: TemplateOptions = target.ownerType === 'affiliate' ? { aliases: AFFILIATE_ALIASES } : {}
  const url = compileTemplate(target.url, options)
  if (!url.ok) return { ok: false, field: 'url', reason: url.reason }
  const body = compileTemplate(target.bodyTemplate, { ...options, target: bodySyntax(target.contentType) })
  if (!body.ok) return { ok: false, field: 'bodyTemplate', reason: body.reason }
  const code = compileTemplate(target.code, { ...options, target: 'markup' })
  if (!code.ok) return { ok: false, field: 'code', reason: code.reason }
  const sent = target.method === 'POST' ? [url, body, code] : [url, code]
  return {
    ok: true,
    templates: {
      url: url.template,
      body: body.template,
      code: code.template,
      tellsStatus: sent.some(({ template }) => template.macros.includes('status')),
    },
  }
}

function bodySyntax(contentType: string): TemplateTarget {
  if (contentType.includes('json')) return 'json'
  return contentType.includes('x-www-form-urlencoded') ? 'url' : 'text'
}
