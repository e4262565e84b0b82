import { Text } from '@mantine/core'
import { CopyField } from '../parts/copy-field.tsx'
import { Section } from '../parts/page.tsx'
import { portalTexts } from '../texts-portal.ts'
import type { PortalOfferDetail } from './portal-data.ts'

const words = portalTexts.offer
type Creative = PortalOfferDetail['creatives'][number]

/** Banners and texts, each as HTML around the affiliate's own link. */
export function OfferCreatives({ offer: { creatives } }: { readonly offer: PortalOfferDetail }) {
  return (
    <Section title={words.creatives} aside={words.creativesAside}>
      {creatives.map((creative) =>
        creative.html === '' ? (
          <Text key={creative.id} size="sm">
            {aboutOf(creative)}: {words.creativeLater}
          </Text>
        ) : (
          <CopyField key={creative.id} label={aboutOf(creative)} value={creative.html} />
        ),
      )}
    </Section>
  )
}

/** "Summer sale, banner, 300 × 250" */
function aboutOf({ name, type, width, height }: Creative): string {
  const size = width > 0 && height > 0 ? [words.size(width, height)] : []
  return [name, words.creativeTypes[type], ...size].join(' · ')
}
