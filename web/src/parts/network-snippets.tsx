import { SegmentedControl, Select } from '@mantine/core'
import { useState } from 'react'
import type { AffiliateNetwork } from '../resources.ts'
import { texts } from '../texts.ts'
import { networkTexts } from '../texts-catalogue.ts'
import { CopyField } from './copy-field.tsx'
import { Section } from './page.tsx'
import { PostbackGuide } from './postback-guide.tsx'
import { UrlToCopy } from './url-field.tsx'

const SCHEMES = ['https', 'http'] as const
/** The API wrote it: that it is of its template's kind is no news. */
const SNIPPET_IGNORES = ['known_template', 'http']
type Scheme = (typeof SCHEMES)[number]

/** What the network or the advertiser puts in place, in its own words, ready to copy. */
export function NetworkSnippets({ network }: { readonly network: AffiliateNetwork }) {
  const { ready, readyAside, postback, postbackHint, image, iframe, pixelHint } = texts.networks
  const [scheme, setScheme] = useState<Scheme>(network.postbackUrl.startsWith('http:') ? 'http' : 'https')
  const [at, setAt] = useState(0)
  const { snippets } = network
  const snippet = snippets[at] ?? snippets[0]
  if (snippet === undefined) return null
  // Its template knows the network's own macros.
  const isKnown = network.template !== ''
  return (
    <Section title={ready} aside={isKnown ? networkTexts.readyKnown : readyAside}>
      <SegmentedControl
        aria-label={networkTexts.scheme}
        data={[...SCHEMES]}
        value={scheme}
        onChange={(chosen) => setScheme(chosen === 'http' ? 'http' : 'https')}
        size="xs"
        maw={180}
      />
      {snippets.length > 1 && (
        <Select
          label={networkTexts.field}
          data={snippets.map(({ title }, index) => ({ value: String(index), label: title }))}
          value={String(at)}
          onChange={(chosen) => setAt(Number(chosen))}
          allowDeselect={false}
        />
      )}
      <UrlToCopy
        label={postback}
        text={snippet.postbackUrl[scheme]}
        description={isKnown ? networkTexts.postbackKnown : postbackHint}
        purpose="postback"
        party={{ affiliateNetworkId: network.id }}
        ignored={SNIPPET_IGNORES}
      />
      <CopyField label={image} value={snippet.imagePixel[scheme]} description={pixelHint} />
      <CopyField label={iframe} value={snippet.iframePixel[scheme]} />
      <CopyField label={networkTexts.script} value={snippet.scriptPixel[scheme]} />
      <PostbackGuide postbackUrl={snippet.postbackUrl[scheme]} />
    </Section>
  )
}
