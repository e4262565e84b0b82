/** The words of a URL's preview: what its macros become, and what is wrong with it. */
export const urlTexts = {
  preview: 'What is in it',
  hint: 'Arrow keys move between the macros.',
  example: 'For example',
  added: (param: string) => `“${param}” with our click id is added to it by itself.`,
  clean: 'Nothing is wrong with it.',
  count: (count: number) => (count === 1 ? 'One thing to look at.' : `${count} things to look at.`),
  more: (count: number) => `${count} more`,
  write: (suggestion: string) => `Write ${suggestion}`,
  remove: 'Remove it',
  add: (suggestion: string) => `Add ${suggestion}`,
  levels: { error: 'Wrong', warning: 'Look at it', info: 'Good to know' },
  meanings: (count: number) => (count === 1 ? 'What its macro becomes' : `What its ${count} macros become`),
  kinds: {
    id: 'An id',
    money: 'Money',
    result: 'The conversion',
    passed: 'Passed through',
    name: 'A name or id of yours',
    visitor: 'The visitor',
    theirs: 'They fill it in',
    unknown: 'Nobody fills it in',
  },
  column: { macro: 'Macro', about: 'About', becomes: 'What it is', sample: 'For example' },
  empty: 'always empty here',
  says: (macro: string, kind: string, meaning: string) => `${macro}. ${kind}: ${meaning}`,
  saysSample: (sample: string) => `For example ${sample}`,
  link: 'Campaign link of this source',
  linkHint:
    'Each campaign has a name of its own in the place of the dots. The source fills in its macros for every visit.',
  linkOf: (campaign: string) =>
    `That of the campaign “${campaign}”. The source fills in its macros for every visit.`,
} as const
