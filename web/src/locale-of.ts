/** The dashboard's own words are English. */
const FALLBACK = 'en'

/** The locale that a browser names, or English where it names none that is valid: "en-US@posix" and "C" are not. */
export function localeOf(language: string | undefined): string {
  try {
    return Intl.getCanonicalLocales(language)[0] ?? FALLBACK
  } catch {
    return FALLBACK
  }
}
