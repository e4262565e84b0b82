import { RE2JS } from 're2js'
import type { CompiledRegex } from '../domain/condition.ts'

/**
 * Expressions of rules, by RE2: no pattern can take more than linear time, whatever visitors send. Case does not
 * matter, as in every other operator.
 */
export function compileRegex(pattern: string): CompiledRegex {
  try {
    const compiled = RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE)
    return { ok: true, test: (text) => compiled.test(text) }
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) }
  }
}
