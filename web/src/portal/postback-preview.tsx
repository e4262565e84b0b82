import { lazy, Suspense } from 'react'

/** The linter and the meanings of all macros are loaded with the first URL. */
const UrlPreview = lazy(async () => ({ default: (await import('../parts/url-preview.tsx')).UrlPreview }))

type PostbackPreviewProps = { readonly url: string; readonly onMend: (url: string) => void }

/** What a postback becomes when it is called: its macros in colours and words, an example, and what is wrong. */
export function PostbackPreview({ url, onMend }: PostbackPreviewProps) {
  if (url.trim() === '') return null
  return (
    <Suspense>
      {/* What the network knows of an address is the network's: an affiliate is told what the text itself says. */}
      <UrlPreview text={url} purpose="affiliate_target" isAsked={false} onMend={onMend} />
    </Suspense>
  )
}
