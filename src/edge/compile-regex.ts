import QuickLRU from 'quick-lru'
import { RE2JS } from 're2js'
import type { CompiledRegex } from '../domain/condition.ts'
import { EDGE_LIMITS } from './edge-limits.ts'

/**
 * Expressions of rules, by RE2: no pattern can take more than linear time, whatever visitors send. Case does not
 * matter, as in every other operator. A user agent takes it 5 µs, as long as ten other rules, and few user agents
 * make most of the traffic: the latest answers are remembered.
 */
export function compileRegex(pattern: string): CompiledRegex {
  try {
    const compiled = RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE)
    const answers = new QuickLRU<string, boolean>({ maxSize: EDGE_LIMITS.regexAnswersCachedMax })
    return {
      ok: true,
      test(text) {
        const known = answers.get(text)
        if (known !== undefined) return known
        const answer = compiled.test(text)
        answers.set(text, answer)
        return answer
      },
    }
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) }
  }
}
