import { Button, CopyButton, Group, Input, Text } from '@mantine/core'
import type { components } from '../api-types.ts'
import { texts } from '../texts.ts'
import { moderationTexts as words } from '../texts-network.ts'
import { CopyField } from './copy-field.tsx'
import classes from './pixel-preview.module.css'

type Target = components['schemas']['ModeratedTarget']

/** The exact text of an affiliate's postback or pixel. Markup stands in a frame that runs and loads nothing. */
export function PixelPreview({ target }: { readonly target: Target }) {
  const { url, code, bodyTemplate } = target
  return (
    <>
      {url !== '' && <CopyField label={words.exact} value={url} />}
      {bodyTemplate !== '' && <CopyField label={words.body} value={bodyTemplate} />}
      {code !== '' && (
        <Input.Wrapper label={words.exact} labelElement="div">
          {/* The frame has no right to run scripts, and what it shows is escaped: text twice over. */}
          <iframe title={words.exact} sandbox="" srcDoc={documentOf(code)} className={classes.frame} />
          <Group justify="space-between" mt={4} gap="xs">
            <Text size="xs" c="dimmed">
              {words.preview}
            </Text>
            <CopyButton value={code} timeout={1_600}>
              {({ copied, copy }) => (
                <Button size="compact-xs" variant="default" onClick={copy}>
                  {copied ? texts.copy.done : words.copy}
                </Button>
              )}
            </CopyButton>
          </Group>
        </Input.Wrapper>
      )}
    </>
  )
}

/** Every host that a text names, in order; a macro in its place is shown as it is. */
export function hostsIn({
  url,
  code,
  bodyTemplate,
}: Pick<Target, 'url' | 'code' | 'bodyTemplate'>): string[] {
  const found = `${url} ${code} ${bodyTemplate}`.matchAll(/(?:https?:)?\/\/([^\s/"'<>?#\\]+)/gi)
  return [...new Set([...found].map((match) => match[1] ?? ''))].filter((host) => host !== '')
}

const STYLE =
  ':root{color-scheme:light dark}body{margin:10px 12px}pre{margin:0;font:12px/1.6 ui-monospace,Menlo,Consolas,monospace;white-space:pre-wrap;overflow-wrap:anywhere}'

function documentOf(code: string): string {
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style><pre>${escapeHtml(code)}</pre>`
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
