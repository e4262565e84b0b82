/**
 * Query parameter → token: the click ids that advertising systems append to every link by themselves (Meta, Google,
 * Microsoft, TikTok), and Meta's browser ids, which tp.js reads from the page's cookies. Their conversion APIs ask
 * for them back, so that they are tokens of every visit unless the traffic source maps the parameter itself.
 */
export const WELL_KNOWN_TOKENS: readonly (readonly [param: string, token: string])[] = [
  ['fbclid', 'fbclid'],
  ['gclid', 'gclid'],
  ['gbraid', 'gbraid'],
  ['wbraid', 'wbraid'],
  ['msclkid', 'msclkid'],
  ['ttclid', 'ttclid'],
  ['_fbp', 'fbp'],
  ['_fbc', 'fbc'],
]
