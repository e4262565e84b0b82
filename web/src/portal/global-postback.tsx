import { Anchor, Stack, Text, Textarea } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { answerOf, api } from '../api.ts'
import { FormFooter } from '../parts/form-footer.tsx'
import { FormLayout } from '../parts/form-layout.tsx'
import { insertMacro } from '../parts/insert-macro.ts'
import { Loaded } from '../parts/loaded.tsx'
import { Note } from '../parts/note.tsx'
import { Page } from '../parts/page.tsx'
import { portalTexts } from '../texts-portal.ts'
import { useForm } from '../use-form.ts'
import { MacroHelp } from './macro-help.tsx'
import { findGlobalPostback, type PortalPostback, postbacks, usePostbacksOf } from './portal-data.ts'
import { PostbackPreview } from './postback-preview.tsx'
import { PostbackStanding } from './postback-standing.tsx'
import { PostbackTest } from './postback-test.tsx'

const words = portalTexts.global

/** One field: paste the URL, save; then test it. */
export function GlobalPostback() {
  const query = usePostbacksOf('')
  return (
    <Page title={words.title} lead={words.lead}>
      <Loaded query={query}>{(items) => <GlobalPostbackForm current={findGlobalPostback(items)} />}</Loaded>
    </Page>
  )
}

function GlobalPostbackForm({ current }: { readonly current: PortalPostback | undefined }) {
  const queries = useQueryClient()
  const field = useRef<HTMLTextAreaElement>(null)
  const form = useForm({ url: current?.url ?? '' }, async ({ url }) => {
    const body = { url: url.trim() }
    const saved = await answerOf(api.POST('/api/v1/portal/global-postback', { body }))
    // The API may have put its macros into a tracker's URL that it knows.
    form.keep({ url: saved.url })
    await queries.invalidateQueries({ queryKey: [postbacks.name] })
  })
  const { url } = form.values
  return (
    <FormLayout
      onSubmit={form.submit}
      aside={
        <MacroHelp
          onInsert={(macro) =>
            insertMacro({ field, text: url, onChange: (text) => form.set({ url: text }) }, macro)
          }
        />
      }
    >
      <Stack gap="md">
        {current === undefined ? (
          <Note tone="look">{words.notYet}</Note>
        ) : (
          <PostbackStanding postback={current} />
        )}
        <Textarea
          {...form.text('url')}
          ref={field}
          label={words.url}
          description={words.urlHint}
          placeholder={words.example}
          autosize
          minRows={2}
          spellCheck={false}
          required
        />
        <PostbackPreview url={url} onMend={(mended) => form.set({ url: mended })} />
      </Stack>
      <FormFooter form={form} isNew={false} />
      {current !== undefined && (
        <Stack gap="md" mt={36}>
          <PostbackTest postback={current} isChanged={url.trim() !== current.url} />
          <Text size="sm" c="dimmed">
            {words.replaced}{' '}
            <Anchor href={`/portal/postbacks/${current.id}`} inherit underline="always">
              {words.more}
            </Anchor>
          </Text>
        </Stack>
      )}
    </FormLayout>
  )
}
