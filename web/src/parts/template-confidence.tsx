import { Badge } from '@mantine/core'
import type { Template } from '../catalogue.ts'
import { catalogueTexts as words } from '../texts-catalogue.ts'

const CONFIDENCE_COLORS = { high: 'green', medium: 'yellow', low: 'red' }

/** How sure the catalogue is; the colour only repeats the word. */
export function Confidence({ of }: { readonly of: Template['confidence'] }) {
  return (
    <Badge variant="dot" color={CONFIDENCE_COLORS[of]}>
      {words.confidence[of]}
    </Badge>
  )
}

/** REPLACE_ADVERTISER_ID is "Advertiser id". */
export function toPlaceholderLabel(name: string): string {
  const text = name
    .replace(/^REPLACE_/, '')
    .replaceAll('_', ' ')
    .toLowerCase()
  return text.charAt(0).toUpperCase() + text.slice(1)
}
