import { RE2JS } from 're2js'
import type { CompiledRegex } from '../domain/condition.ts'

/** As the edges compile it, so that what is saved is what will match; the reason is for the rule's author. */
export function compileRegex(pattern: string): CompiledRegex {
  try {
    const compiled = RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE)
    return { ok: true, test: (text) => compiled.test(text) }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { ok: false, reason: `${message.replace('error parsing regexp: ', '')} (the syntax is RE2)` }
  }
}
