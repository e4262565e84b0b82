/**
 * What sources and trackers write in URLs where the user has to put a value of their own. Each is bounded by what
 * is no letter or digit, so that a word which merely contains one is left alone.
 */
const PATTERNS: readonly RegExp[] = [
  // Underscores around it belong to the mark: __REPLACE_ID__.
  /(?<![A-Za-z0-9])REPLACE(?:_?ME)?(?:[_-]+[A-Z0-9]+)*(?![A-Za-z0-9])/g,
  // In lower case the word is common: only as a whole value, or in brackets.
  /(?<==)replace(?![^&#])/gi,
  /(?<=\{)replace(?=\})/gi,
  /(?<=\[)replace(?=\])/gi,
  bounded('UNIQUE_?(?:ID|KEY|TOKEN)'),
  bounded('YOUR(?:_?(?:ID|KEY|TOKEN|LOGIN|NAME|ACCOUNT|DOMAIN)|(?:[_-][A-Z0-9]+)+)'),
  /(?<![A-Za-z0-9])YourLogin(?![a-z0-9])/g,
  bounded('NAMEOFADVERTISER'),
  bounded('PROPERTY_ID'),
  bounded('[A-Z]{2,20}[_-]FROM[_-](?:THE[_-]|YOUR[_-])?(?:ACCOUNT|CABINET|DASHBOARD|NETWORK|PANEL|SETTINGS)'),
  bounded('CHANGE_?ME'),
  bounded('CHANGE_FOR_[A-Z]+'),
  bounded('(?:INSERT|PUT)[_-][A-Z0-9_-]{1,40}[_-]HERE'),
  bounded('X{5,}(?:-X{4,})*'),
  /(?<![#\w])#{4,}(?![#\w])/g,
]

/**
 * Placeholders that were left in a text, each once, in the order of the patterns: REPLACE, REPLACE_KEY, UNIQUEID,
 * YOUR_ID, AID-FROM-DASHBOARD, XXXXXX, ###### and the like. Macros, ours and foreign ones, are none.
 */
export function findPlaceholders(text: string): readonly string[] {
  const found = new Set<string>()
  for (const pattern of PATTERNS) {
    for (const [match] of text.matchAll(pattern)) found.add(match)
  }
  return [...found]
}

/** Why a URL with placeholders can not be used, as a sentence for the user; '' when it has none. */
export function placeholderProblem(text: string): string {
  const [first] = findPlaceholders(text)
  return first === undefined ? '' : `still holds the placeholder "${first}": put your own value in its place`
}

function bounded(pattern: string): RegExp {
  return new RegExp(`(?<![A-Za-z0-9_])(?:${pattern})(?![A-Za-z0-9_])`, 'g')
}
