/** Words of charts, whatever they draw. */
export const chartTexts = {
  time: 'Time',
  nothing: 'Nothing to draw in this time.',
  keys: 'Arrow keys move from point to point.',
  missing: '–',
  /** "14:00. Visits: 12, +33.3%. Yesterday: 9." */
  read: (at: string, values: readonly string[]) => [at, ...values].map((text) => `${text}.`).join(' '),
  value: (name: string, value: string, change: string) =>
    change === '' ? `${name}: ${value}` : `${name}: ${value}, ${change}`,
} as const
