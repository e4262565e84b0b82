/** The words of the list of macros beside texts that are filled in. */
export const macroTexts = {
  title: 'Macros and modifiers',
  lead: 'Each becomes its value when the text is used. Press one to put it where the cursor is.',
  find: 'Find a macro',
  none: 'No macro has this in its name or meaning.',
  insert: (macro: string) => `Insert ${macro}`,
  modifiers: 'Modifiers',
  modifiersLead: 'Written behind the name; several work from left to right: {sub1|lower|default:none}.',
  becomes: (sample: string) => `→ ${sample}`,
  encoded: 'In a URL values are percent-encoded by themselves.',
  /** As one would write it, and what it does. */
  modifierRows: [
    ['{sub2|default:none}', 'Says something where the value is empty'],
    ['{device|map:mobile=m,desktop=d}', 'Translates; a value that is not listed stays'],
    ['{country|lower}', 'Small letters'],
    ['{os|upper}', 'Capital letters'],
    ['{datetime|format:yyyy-MM-dd HH:mm,Europe/Paris}', 'A time by a pattern, in a zone; UTC without one'],
    ['{timestamp|format:dd.MM.yyyy}', 'The same of a time in Unix seconds'],
    ['{externalid|sha256}', 'SHA-256 hash, in hexadecimal'],
    ['{externalid|md5}', 'MD5 hash, in hexadecimal'],
    ['{sub1|base64}', 'Base64'],
    ['{referrer|raw}', 'Not percent-encoded'],
  ],
} as const
