const names = new Intl.DisplayNames('en', { type: 'region' })
const languageNames = new Intl.DisplayNames('en', { type: 'language' })
/** 2024 began on a Monday. */
const MONDAY = Date.UTC(2024, 0, 1)
const DAY_MS = 86_400_000
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('')
/** Codes that browsers name, though they are no country's, or are another code's old name. */
const NO_COUNTRIES: ReadonlySet<string> = new Set(
  'AC AN BU CP CQ CS DD DG DY EA EU EZ FX HV IC NH NT QO QU RH SU TA TP UK UN VD XA XB YD YU ZR ZZ'.split(
    ' ',
  ),
)

/** Codes that name no language of people, or another one by its old code. */
const NO_LANGUAGES: ReadonlySet<string> = new Set('in iw ji jw mo sh tl'.split(' '))
/** Of three letters, those that browsers ask for. */
const LONG_LANGUAGES = 'ceb ckb fil haw hmn kok yue'.split(' ')

/** Every country that the browser has a name for, by name. */
export const COUNTRIES: readonly { value: string; label: string }[] = LETTERS.flatMap((first) =>
  LETTERS.map((second) => first + second),
)
  .filter((code) => !NO_COUNTRIES.has(code))
  .map((code) => ({ value: code, label: nameOf(code) }))
  .filter(({ value, label }) => label !== value)
  .sort((a, b) => a.label.localeCompare(b.label))

/** "1" Monday to "7" Sunday, as conditions count them. */
export const WEEKDAYS: readonly { value: string; label: string }[] = Array.from(
  { length: 7 },
  (_, index) => ({
    value: String(index + 1),
    label: new Intl.DateTimeFormat('en', { weekday: 'long', timeZone: 'UTC' }).format(
      MONDAY + index * DAY_MS,
    ),
  }),
)

/** By name; as visits have them: without a region. */
export const LANGUAGES: readonly { value: string; label: string }[] = LETTERS.flatMap((first) =>
  LETTERS.map((second) => (first + second).toLowerCase()),
)
  .filter((code) => !NO_LANGUAGES.has(code))
  .concat(LONG_LANGUAGES)
  .map((code) => ({ value: code, label: languageNames.of(code) ?? code }))
  .filter(({ value, label }) => label !== value)
  .sort((a, b) => a.label.localeCompare(b.label))

/** "0" to "23". */
export const HOURS: readonly { value: string; label: string }[] = Array.from({ length: 24 }, (_, hour) => {
  const two = String(hour).padStart(2, '0')
  return { value: String(hour), label: `${two}:00–${two}:59` }
})

function nameOf(code: string): string {
  return names.of(code) ?? code
}
