import { Group, Input, NumberInput, Select, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { isKey, toOptions } from '../texts.ts'
import { termsTexts as words } from '../texts-terms.ts'
import type { TermsProps } from './offer-terms.tsx'
import { Section } from './page.tsx'
import { RowList } from './row-list.tsx'
import { UrlField } from './url-field.tsx'

const EMPTY_PAGE = { id: '', name: '', url: '' }
const EMPTY_CREATIVE = { id: '', name: '', type: 'image' as const, url: '', text: '', width: 0, height: 0 }

/** Where links of the offer may lead, and what affiliates may show for it. */
export function OfferPages({ terms, set, errorOf }: TermsProps) {
  return (
    <Section title={words.links}>
      <TextInput
        label={words.preview}
        description={words.previewHint}
        placeholder="https://"
        value={terms.previewUrl}
        error={errorOf('previewUrl')}
        onChange={(event) => set({ previewUrl: event.currentTarget.value })}
      />
      <UrlField
        label={words.convertedUrl}
        description={words.convertedUrlHint}
        value={terms.convertedUrl}
        error={errorOf('convertedUrl')}
        onChange={(convertedUrl) => set({ convertedUrl })}
        purpose="lander"
      />
      <LandingPages terms={terms} set={set} errorOf={errorOf} />
      <Creatives terms={terms} set={set} errorOf={errorOf} />
    </Section>
  )
}

function LandingPages({ terms, set, errorOf }: TermsProps) {
  return (
    <Input.Wrapper
      label={words.landingPages}
      description={words.landingPagesAside}
      labelElement="div"
      inputWrapperOrder={['label', 'description', 'input']}
    >
      <RowList
        rows={terms.landingPages}
        onChange={(rows) => set({ landingPages: [...rows] })}
        addLabel={words.addLandingPage}
        removeLabel={(index) => words.remove(words.landingPage(index + 1))}
        empty={EMPTY_PAGE}
        row={(page, change, index) => (
          <Stack gap={6}>
            <TextInput
              aria-label={words.landingPage(index + 1)}
              placeholder={words.goalName}
              value={page.name}
              error={errorOf(`landingPages.${index}.name`)}
              onChange={(event) => change({ name: event.currentTarget.value })}
            />
            <UrlField
              aria-label={words.landingUrl(index + 1)}
              value={page.url}
              error={errorOf(`landingPages.${index}.url`)}
              onChange={(url) => change({ url })}
              purpose="offer"
            />
            <Text size="xs" c="dimmed">
              {page.id === '' ? words.landingIdLater : words.landingId(page.id)}
            </Text>
          </Stack>
        )}
      />
    </Input.Wrapper>
  )
}

function Creatives({ terms, set, errorOf }: TermsProps) {
  return (
    <Input.Wrapper
      label={words.creatives}
      description={words.creativesAside}
      labelElement="div"
      inputWrapperOrder={['label', 'description', 'input']}
    >
      <RowList<(typeof terms.creatives)[number]>
        rows={terms.creatives}
        onChange={(rows) => set({ creatives: [...rows] })}
        addLabel={words.addCreative}
        removeLabel={(index) => words.remove(words.creative(index + 1))}
        empty={EMPTY_CREATIVE}
        row={(creative, change, index) => {
          const content = creative.type === 'image' ? 'url' : 'text'
          return (
            <>
              <TextInput
                aria-label={words.creative(index + 1)}
                placeholder={words.goalName}
                value={creative.name}
                error={errorOf(`creatives.${index}.name`)}
                onChange={(event) => change({ name: event.currentTarget.value })}
              />
              <Select
                aria-label={words.creativeType(index + 1)}
                data={toOptions(words.creativeTypes)}
                value={creative.type}
                onChange={(type) => isKey(words.creativeTypes, type) && change({ type })}
                allowDeselect={false}
              />
              <Textarea
                aria-label={words.creativeContent(index + 1)}
                placeholder={content === 'url' ? 'https://' : words.creativeText}
                value={creative[content]}
                error={errorOf(`creatives.${index}.${content}`)}
                onChange={(event) => change({ [content]: event.currentTarget.value })}
                autosize
                maxRows={8}
              />
              {creative.type === 'image' && (
                <Size
                  creative={creative}
                  number={index + 1}
                  errorOf={(name) => errorOf(`creatives.${index}.${name}`)}
                  change={change}
                />
              )}
            </>
          )
        }}
      />
    </Input.Wrapper>
  )
}

type SizeProps = {
  readonly creative: { readonly width: number; readonly height: number }
  readonly number: number
  readonly errorOf: (name: string) => string | undefined
  readonly change: (changes: { readonly width?: number; readonly height?: number }) => void
}

/** What the page keeps free for an image before it is there. */
function Size({ creative, number, errorOf, change }: SizeProps) {
  return (
    <Group gap={6} wrap="nowrap">
      {(['width', 'height'] as const).map((name) => (
        <NumberInput
          key={name}
          aria-label={words.creativeSize[name](number)}
          placeholder={words.creativeSizeShort[name]}
          value={creative[name] === 0 ? '' : creative[name]}
          error={errorOf(name)}
          onChange={(pixels) => change({ [name]: Number(pixels) })}
          min={0}
          allowDecimal={false}
          hideControls
        />
      ))}
    </Group>
  )
}
