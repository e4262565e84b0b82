import QuickLRU from 'quick-lru'
import { parseLanguage } from '../domain/visitor.ts'
import { EDGE_LIMITS } from './edge-limits.ts'

export type LanguageReader = { read(acceptLanguage: string | undefined): string }

/** Languages by header: browsers send few different ones, and reading one takes as long as building a row. */
export function createLanguageReader(): LanguageReader {
  const cache = new QuickLRU<string, string>({ maxSize: EDGE_LIMITS.languagesCachedMax })
  return {
    read(acceptLanguage) {
      if (acceptLanguage === undefined) return ''
      const key = acceptLanguage.slice(0, EDGE_LIMITS.hintCharsMax)
      const known = cache.get(key)
      if (known !== undefined) return known
      const language = parseLanguage(acceptLanguage)
      cache.set(key, language)
      return language
    },
  }
}
