/** Values by canonical macro name; a token's name is `token.` and the name its traffic source gives it. */
export type MacroValues = { readonly [name: string]: string | undefined }

const NUMBERED = Array.from({ length: 10 }, (_, i) => i + 1)

/** Every macro except `token.NAME`: those of PROTOCOL section 3, and more of what is known of the visitor. */
export const MACRO_NAMES: readonly string[] = [
  ...'clickid externalid payout revenue cost currency txid event status conversionid'.split(' '),
  ...'datetime timestamp click.datetime campaign.id campaign.name source.id source.name offer.id offer.name'.split(
    ' ',
  ),
  ...'network.name lander.id lander.name lander.key affiliate.id advertiser.id'.split(' '),
  ...NUMBERED.map((n) => `sub${n}`),
  ...'country region city isp device os browser language ip useragent referrer random'.split(' '),
  ...'device.brand device.model os.version browser.version referrer.domain connection asn'.split(' '),
  ...NUMBERED.map((n) => `p${n}`),
]

const KNOWN = new Set(MACRO_NAMES)
const TOKEN = /^token\.[\w.-]{1,64}$/i

/** The canonical spelling of a macro's name (case does not matter, except in a token's own name). */
export function canonicalMacroName(name: string): string | undefined {
  const lower = name.toLowerCase()
  if (KNOWN.has(lower)) return lower
  return TOKEN.test(name) ? `token.${name.slice('token.'.length)}` : undefined
}
