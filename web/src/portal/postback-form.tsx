import { MultiSelect, SegmentedControl, Select, Stack, TagsInput, Textarea } from '@mantine/core'
import { type RefObject, useRef } from 'react'
import { FormFooter } from '../parts/form-footer.tsx'
import { FormLayout, Pair } from '../parts/form-layout.tsx'
import { insertMacro } from '../parts/insert-macro.ts'
import { Note } from '../parts/note.tsx'
import { ItemSelect } from '../parts/pickers.tsx'
import { useItems, useSave } from '../resource.ts'
import { usePlace } from '../router.tsx'
import { isKey, texts, toOptions } from '../texts.ts'
import { portalTexts } from '../texts-portal.ts'
import { type Form, useForm } from '../use-form.ts'
import { MacroHelp } from './macro-help.tsx'
import { type NamedPostback, type PostbackBody, portalOffers, postbacks } from './portal-data.ts'
import { PostbackConditions } from './postback-conditions.tsx'
import { PostbackPreview } from './postback-preview.tsx'
import { PostbackStanding } from './postback-standing.tsx'
import { PostbackTest } from './postback-test.tsx'

const words = portalTexts.postbacks
const STATUSES = ['pending', 'approved', 'rejected', 'trash'] as const
/** `isCode` is of the form alone: a script pixel is a URL or markup. */
export type PostbackValues = Omit<PostbackBody, 'secret'> & {
  readonly secret: string
  readonly isCode: boolean
}

/** What is called or shown, for which offer and which conversions. */
export function PostbackForm({ item }: { readonly item: NamedPostback | undefined }) {
  const { save } = useSave(postbacks)
  const offerId = usePlace().query.get('offer') ?? ''
  const field = useRef<HTMLTextAreaElement>(null)
  const form = useForm(toValues(item, offerId), async (values) => {
    await save(item?.id, toBody(values))
    form.keep({ secret: '' })
  })
  const { values } = form
  const isMarkup = values.type === 'script' && values.isCode
  const insert = (macro: string) => {
    const name = isMarkup ? 'code' : 'url'
    insertMacro({ field, text: values[name], onChange: (text) => form.set({ [name]: text }) }, macro)
  }
  return (
    <FormLayout onSubmit={form.submit} aside={<MacroHelp onInsert={insert} />}>
      <Stack gap="md">
        {item !== undefined && <PostbackStanding postback={item} />}
        <KindFields form={form} />
        <TextFields form={form} field={field} />
        <Pair>
          <TagsInput
            label={words.events}
            description={words.eventsHint}
            value={values.events}
            error={form.errorOf('events')}
            onChange={(events) => form.set({ events })}
          />
          <MultiSelect
            label={words.statuses}
            description={words.statusesHint}
            data={STATUSES.map((value) => ({ value, label: texts.status[value] }))}
            value={values.statuses}
            error={form.errorOf('statuses')}
            onChange={(chosen) =>
              form.set({ statuses: STATUSES.filter((status) => chosen.includes(status)) })
            }
          />
        </Pair>
        <PostbackConditions form={form} item={item} />
      </Stack>
      <FormFooter form={form} isNew={item === undefined} cancelHref={`/${postbacks.name}`} />
      {item !== undefined && (
        <Stack gap="md" mt={36}>
          <PostbackTest
            postback={item}
            isChanged={(isMarkup ? values.code : values.url) !== (item.url || item.code)}
          />
        </Stack>
      )}
    </FormLayout>
  )
}

function KindFields({ form }: { readonly form: Form<PostbackValues> }) {
  const { type, offerId } = form.values
  const offer = useItems(portalOffers).data?.find(({ id }) => id === offerId)
  const kind = offer?.kinds.find((each) => each.type === type)
  return (
    <>
      <Pair>
        <Select
          label={words.type}
          description={words.typeHints[type]}
          data={toOptions(portalTexts.kinds.types)}
          value={type}
          error={form.errorOf('type')}
          onChange={(chosen) => isKey(portalTexts.kinds.types, chosen) && form.set({ type: chosen })}
          allowDeselect={false}
        />
        <ItemSelect
          resource={portalOffers}
          label={words.offer}
          description={words.offerHint}
          placeholder={words.allOffers}
          value={offerId}
          error={form.errorOf('offerId')}
          onChange={(id) => form.set({ offerId: id })}
        />
      </Pair>
      {kind !== undefined && !kind.isAllowed && (
        <Note tone="bad" title={words.notAllowed} live>
          {kind.reason}.
        </Note>
      )}
    </>
  )
}

type TextFieldsProps = {
  readonly form: Form<PostbackValues>
  readonly field: RefObject<HTMLTextAreaElement | null>
}

function TextFields({ form, field }: TextFieldsProps) {
  const { type, isCode } = form.values
  const isMarkup = type === 'script' && isCode
  return (
    <>
      {type === 'script' && (
        <SegmentedControl
          aria-label={words.what}
          data={toOptions(words.whats)}
          value={isCode ? 'code' : 'url'}
          onChange={(what) => form.set({ isCode: what === 'code' })}
          size="xs"
          maw={180}
        />
      )}
      {isMarkup ? (
        <Textarea
          {...form.text('code')}
          ref={field}
          key="code"
          label={words.code}
          description={words.codeHint}
          autosize
          minRows={4}
          spellCheck={false}
          required
        />
      ) : (
        <Textarea
          {...form.text('url')}
          ref={field}
          key="url"
          label={words.url}
          placeholder={portalTexts.global.example}
          autosize
          minRows={2}
          spellCheck={false}
          required
        />
      )}
      {!isMarkup && <PostbackPreview url={form.values.url} onMend={(url) => form.set({ url })} />}
    </>
  )
}

/** @param offerId of a new one that was asked for on the page of an offer. */
function toValues(item: NamedPostback | undefined, offerId: string): PostbackValues {
  return {
    type: item?.type ?? 'postback',
    offerId: item?.offerId ?? offerId,
    url: item?.url ?? '',
    code: item?.code ?? '',
    isCode: (item?.code ?? '') !== '',
    events: item?.events ?? [],
    statuses: item?.statuses ?? [],
    onlyFirst: item?.onlyFirst ?? false,
    onlyWithPayout: item?.onlyWithPayout ?? false,
    delaySeconds: item?.delaySeconds ?? 0,
    method: item?.method ?? 'GET',
    bodyTemplate: item?.bodyTemplate ?? '',
    contentType: isKey(words.contentTypes, item?.contentType)
      ? item.contentType
      : 'application/x-www-form-urlencoded',
    secret: '',
    status: item?.status ?? 'active',
  }
}

/** What does not belong to the chosen kind is emptied, so that nothing hidden is refused. */
function toBody({ isCode, secret, ...values }: PostbackValues): PostbackBody {
  const isMarkup = values.type === 'script' && isCode
  const isCall = values.type === 'postback'
  return {
    ...values,
    url: isMarkup ? '' : values.url.trim(),
    code: isMarkup ? values.code : '',
    method: isCall ? values.method : 'GET',
    bodyTemplate: isCall && values.method === 'POST' ? values.bodyTemplate : '',
    delaySeconds: isCall ? values.delaySeconds : 0,
    ...(secret !== '' || !isCall ? { secret: isCall ? secret : '' } : {}),
  }
}
