import { Button, Select, Stack, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { ExplainedUrl } from '../parts/explained-url.tsx'
import { FormProblem } from '../parts/form-footer.tsx'
import { Pair } from '../parts/form-layout.tsx'
import { Page } from '../parts/page.tsx'
import { ItemSelect } from '../parts/pickers.tsx'
import { networks, sources } from '../resources.ts'
import { isKey, toOptions } from '../texts.ts'
import { explainTexts as words } from '../texts-inspector.ts'
import { type Form, useForm } from '../use-form.ts'

type Purpose = keyof typeof words.purposes
type Values = {
  readonly text: string
  readonly purpose: Purpose
  readonly affiliateNetworkId: string
  readonly trafficSourceId: string
}
type Answer = { readonly text: string; readonly explained: components['schemas']['ExplainedUrl'] }

/** Says of any URL what its parts become, and what is wrong with it. */
export function ExplainUrl() {
  const [answer, setAnswer] = useState<Answer>()
  const initial: Values = { text: '', purpose: 'target', affiliateNetworkId: '', trafficSourceId: '' }
  const form = useForm(initial, async (values) => {
    const body = { ...values, text: values.text.trim() }
    setAnswer({
      text: body.text,
      explained: await answerOf(api.POST('/api/v1/inspector/explain-url', { body })),
    })
  })
  const isOutdated = answer !== undefined && answer.text !== form.values.text.trim()
  return (
    <Page title={words.title} lead={words.lead}>
      <form onSubmit={form.submit}>
        <Stack gap="md" maw={920}>
          <Textarea
            {...form.text('text')}
            label={words.text}
            autosize
            minRows={2}
            maxRows={10}
            required
            autoFocus
            spellCheck={false}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          />
          <Context form={form} />
          <FormProblem problem={form.problem} />
          <div>
            <Button type="submit" loading={form.saving}>
              {words.explain}
            </Button>
          </div>
        </Stack>
      </form>
      {isOutdated && (
        <Text size="sm" c="dimmed" role="status">
          {words.outdated}
        </Text>
      )}
      {answer !== undefined && (
        <ExplainedUrl
          text={answer.text}
          explained={answer.explained}
          onUse={isOutdated ? undefined : (text) => form.set({ text })}
        />
      )}
    </Page>
  )
}

/** What the URL is for, and whom to compare it with. */
function Context({ form }: { readonly form: Form<Values> }) {
  const { purpose } = form.values
  const isNetworks = purpose === 'postback' || purpose === 'pixel' || purpose === 'offer'
  const isSources = purpose === 'link' || purpose === 'target'
  const choose = (chosen: Purpose) =>
    form.set({ purpose: chosen, affiliateNetworkId: '', trafficSourceId: '' })
  return (
    <Pair>
      <Select
        label={words.purpose}
        data={toOptions(words.purposes)}
        value={purpose}
        onChange={(chosen) => isKey(words.purposes, chosen) && choose(chosen)}
        allowDeselect={false}
      />
      {isNetworks && (
        <ItemSelect
          resource={networks}
          label={words.network}
          placeholder={words.nobody}
          value={form.values.affiliateNetworkId}
          error={form.errorOf('affiliateNetworkId')}
          onChange={(affiliateNetworkId) => form.set({ affiliateNetworkId })}
        />
      )}
      {isSources && (
        <ItemSelect
          resource={sources}
          label={words.source}
          placeholder={words.nobody}
          value={form.values.trafficSourceId}
          error={form.errorOf('trafficSourceId')}
          onChange={(trafficSourceId) => form.set({ trafficSourceId })}
        />
      )}
    </Pair>
  )
}
