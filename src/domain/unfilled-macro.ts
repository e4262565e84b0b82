/**
 * Tells a value that is still a traffic source's or network's unfilled macro, which counts as empty: every syntax
 * that a template of the catalogue uses.
 */
const VALUE_CHARS_MAX = 256

/** What a macro's name is made of: `click_id`, `campaign.id`, `CLICK-ID`, `IfSearch:string`, `SUB_ID_SHORT(action)`. */
const NAME = String.raw`[ ]?[a-z_][\w .:()|-]*`
/** In square brackets no colon: `[fe80::1]` is an address. */
const BRACKET_NAME = String.raw`[$=]?[a-z_][\w .()-]*=?`

const SYNTAXES: readonly string[] = [
  String.raw`\{{1,3}[:$%\ufffd]?${NAME}%?\}{1,3}`, // {x} {{x}} {{{x}}} {:x} {$x} {%x%}
  String.raw`\$\{${NAME}\}`, // ${X}
  String.raw`\$\$${NAME}\$\$`, // $$x$$
  String.raw`\[{1,3}${BRACKET_NAME}\]{1,3}`, // [x] [[x]] [[[x]]] [$x] [=X=]
  `<${NAME}>`, // <x>
  `#${NAME}#`, // #x#
  `##${NAME}##`, // ##X##
  `###${NAME}###`, // ###X###
  `@@${NAME}@@`, // @@X@@
  `!!!${NAME}!!!`, // !!!x!!! (Awin)
  '__[a-z][a-z0-9]*(?:_[a-z0-9]+)*__', // __X__
  // %X% and %%X%%; a name that starts like an escape (%device%, %carrier%) arrives as a replacement character.
  // The marks of both sides are equally many, else 51 of them in a row could be read in 2^51 ways.
  String.raw`%%[a-z][\w.-]*%%`,
  String.raw`(?:%[a-z]|\ufffd)[\w.-]*%`,
]
/** Macros one behind the other, perhaps with a mark between them: `{transactionid}_{goal}`. */
const WHOLE_VALUE = new RegExp(`^(?:${SYNTAXES.join('|')})(?:[_:,|-]?(?:${SYNTAXES.join('|')}))*$`, 'i')
/** One dollar in front, HitPath's xx, and TikTok's underscores after a copy halved them: the case matters. */
const CASED_SYNTAXES = /^(?:\$[A-Za-z_]\w*|xx[A-WYZa-wyz]\w*xx|_[A-Z]{3,}(?:_[A-Z]+)*_)$/
/** `{550e8400-e29b-41d4-a716-446655440000}` is how some write an id. */
const BRACED_UUID = /^\{[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}\}$/i
/** `%7Bclickid%7D`: encoded twice on its way. */
const ENCODED_START = /^%(?:7B|5B|23|24|40)/i

/** MobFox's and StartApp's macros are bare words; inmobi's source placeholder is odd too. */
const BARE_WORDS = new Set([
  ...'MFOXCLICKID MFOXPUBID MFOXUDID MFOXIFA MFOXCAID MFOXAGID MFOXADID'.split(' '),
  ...'startapp_click_id_placeholder startapp_app_id startapp_isp_name startapp_device_model'.split(' '),
  ...'startapp_device_brand startapp_os_version startapp_connection_type'.split(' '),
  ...'startapp_publisher_category creative_id campaign_id bid_type __si__cb {{category'.split(' '),
])
/** First characters of every syntax; any other value is told apart by one look. */
const FIRST_CHARS = new Set('{$[<#@%!_x\ufffd')

export function isUnfilledMacro(value: string): boolean {
  if (BARE_WORDS.has(value)) return true
  if (!FIRST_CHARS.has(value.charAt(0)) || value.length > VALUE_CHARS_MAX) return false
  if (CASED_SYNTAXES.test(value)) return true
  if (WHOLE_VALUE.test(value)) return !BRACED_UUID.test(value)
  return ENCODED_START.test(value) && isUnfilledMacro(decodeOnce(value))
}

function decodeOnce(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return ''
  }
}
