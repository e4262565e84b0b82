import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'
import { textColours } from './text-colours.ts'
import { shellTexts } from './texts-shell.ts'

/** The one accent: a calm green-blue. Everything else is neutral. */
const trail: MantineColorsTuple = [
  '#effaf8',
  '#dcf2ee',
  '#b4e3db',
  '#87d3c6',
  '#5dc2b2',
  '#2fa896',
  '#178f7f',
  '#0f766e',
  '#0d625b',
  '#0a4d48',
]

/** Cooler than Mantine's own; index 7 is the page, 6 a raised surface, 4 a border, 0 text. */
const dark: MantineColorsTuple = [
  '#d9dce1',
  '#b3b8c1',
  '#8f95a1',
  '#646a76',
  '#33373f',
  '#282b32',
  '#1d2025',
  '#141619',
  '#0f1113',
  '#0a0b0d',
]

const SYSTEM_FONT =
  'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif'

export const theme = createTheme({
  colors: { trail, dark },
  primaryColor: 'trail',
  primaryShade: 7,
  fontFamily: SYSTEM_FONT,
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.25rem', lineHeight: '1.3' },
      h2: { fontSize: '0.9375rem', lineHeight: '1.4' },
    },
  },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'sm', fw: 500 } },
    Modal: { defaultProps: { closeButtonProps: { 'aria-label': shellTexts.undo.dismiss } } },
    Drawer: { defaultProps: { closeButtonProps: { 'aria-label': shellTexts.undo.dismiss } } },
    Badge: { defaultProps: { tt: 'none', fw: 500, size: 'md' } },
    InputWrapper: { defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] } },
  },
})

export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, ...textColours })
