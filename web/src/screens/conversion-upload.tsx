import { Button, FileInput, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type SubmitEvent, useState } from 'react'
import { answerOf, api, postCsv } from '../api.ts'
import type { components } from '../api-types.ts'
import { DataTable } from '../parts/data-table.tsx'
import { Empty } from '../parts/empty.tsx'
import { FormProblem } from '../parts/form-footer.tsx'
import { Icon } from '../parts/icon.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page, Section } from '../parts/page.tsx'
import { type UploadPreview, UploadPreviewView } from '../parts/upload-preview.tsx'
import { When } from '../parts/when.tsx'
import { type Listed, useItems } from '../resource.ts'
import { isKey, texts } from '../texts.ts'
import { uploadTexts as words } from '../texts-conversions.ts'

type Upload = components['schemas']['ConversionUpload']

const uploads: Listed<Upload> = {
  name: 'conversion-uploads',
  list: (query) => answerOf(api.GET('/api/v1/conversion-uploads', { params: { query } })),
}

/** A network's file of conversions: choose, look, apply. */
export function ConversionUpload() {
  const [preview, setPreview] = useState<UploadPreview>()
  return (
    <Page
      title={words.title}
      lead={words.lead}
      back={{ href: '/conversions', label: texts.conversions.title }}
    >
      {preview === undefined ? (
        <ChooseFile onPreview={setPreview} />
      ) : (
        <UploadPreviewView key={preview.id} preview={preview} onOther={() => setPreview(undefined)} />
      )}
      <Earlier />
    </Page>
  )
}

function ChooseFile({ onPreview }: { readonly onPreview: (preview: UploadPreview) => void }) {
  const queries = useQueryClient()
  const [file, setFile] = useState<File | null>(null)
  const upload = useMutation({
    mutationFn: (chosen: File) =>
      postCsv<UploadPreview>(`/api/v1/conversion-uploads?name=${encodeURIComponent(chosen.name)}`, chosen),
    onSuccess: async (preview) => {
      await queries.invalidateQueries({ queryKey: [uploads.name] })
      onPreview(preview)
    },
  })
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (file !== null) upload.mutate(file)
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md" maw={560}>
        <FileInput
          label={words.file}
          description={words.columns}
          placeholder={words.choose}
          accept=".csv,text/csv"
          fileInputProps={{ 'aria-label': words.file }}
          value={file}
          onChange={setFile}
          leftSection={<Icon name="upload" />}
          clearable
        />
        <FormProblem problem={upload.error?.message} />
        <Group>
          <Button type="submit" disabled={file === null} loading={upload.isPending}>
            {words.preview}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function Earlier() {
  const query = useItems(uploads)
  return (
    <Section title={words.earlier}>
      <Loaded query={query}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon="upload" title={words.noneTitle} text={words.noneText} />
          ) : (
            <DataTable
              label={words.earlier}
              rows={items}
              rowKey={(upload) => upload.id}
              columns={[
                { key: 'name', header: words.name, cell: (upload) => upload.name },
                { key: 'time', header: words.time, cell: (upload) => <When at={upload.createdAt} /> },
                { key: 'state', header: words.state, cell: (upload) => words.states[upload.state] },
                {
                  key: 'outcomes',
                  header: words.outcomes,
                  cell: (upload) => <Outcomes of={upload.outcomes} />,
                },
                { key: 'rows', header: words.sumRows, numeric: true, cell: (upload) => upload.rows },
                { key: 'broken', header: words.sumBroken, numeric: true, cell: (upload) => upload.broken },
              ]}
            />
          )
        }
      </Loaded>
    </Section>
  )
}

function Outcomes({ of }: { readonly of: Readonly<Record<string, number>> }) {
  const parts = Object.entries(of).map(
    ([outcome, count]) => `${isKey(texts.outcome, outcome) ? texts.outcome[outcome] : outcome}: ${count}`,
  )
  return (
    <Text size="sm" c="dimmed">
      {parts.join(', ')}
    </Text>
  )
}
