/** How strongly a square or a country is coloured: from nothing to all of the greatest value; a loss in red. */
export function toneOf(value: number, greatest: number): string {
  const share = greatest === 0 ? 0 : Math.min(Math.abs(value) / greatest, 1)
  // The eye tells pale colours apart better: small values get more of the scale than large ones.
  const percent = Math.round(Math.sqrt(share) * 100)
  const colour = value < 0 ? 'var(--mantine-color-red-filled)' : 'var(--mantine-primary-color-filled)'
  return `color-mix(in oklab, ${colour} ${percent}%, var(--tone-none))`
}

export function greatestOf(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
}
