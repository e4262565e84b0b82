const RED_FILLED = { '--mantine-color-red-filled': '#c92a2a', '--mantine-color-red-filled-hover': '#b02525' }

/**
 * Of words that are not black or white. Mantine's greys for what matters less, and its red, green and yellow for texts,
 * are paler than WCAG 2.2 AA allows: 4.5 to 1 on the page, on raised surfaces and on their own light backgrounds. Red
 * buttons have white words.
 */
export const textColours = {
  light: {
    ...RED_FILLED,
    '--mantine-color-dimmed': '#5c636b',
    '--mantine-color-placeholder': '#6b727b',
    '--mantine-color-error': '#c92a2a',
    '--mantine-color-red-text': '#c92a2a',
    '--mantine-color-red-light-color': '#b02525',
    '--mantine-color-green-text': '#237032',
    '--mantine-color-yellow-light-color': '#8a4b00',
  },
  dark: {
    ...RED_FILLED,
    '--mantine-color-dimmed': '#a0a6b1',
    '--mantine-color-placeholder': '#8f95a1',
    '--mantine-color-error': '#ff8787',
    '--mantine-color-red-text': '#ff8787',
    '--mantine-color-green-text': '#69db7c',
  },
} as const
