import { Button, CopyButton, Group, Input, Text } from '@mantine/core'
import type { components } from '../api-types.ts'
import { texts } from '../texts.ts'
import { moderationTexts as words } from '../texts-network.ts'
import { CopyField } from './copy-field.tsx'
import { Icon } from './icon.tsx'
import { loadsOf, runsScript } from './pixel-loads.ts'
import classes from './pixel-preview.module.css'

type Target = components['schemas']['ModeratedTarget']

/** The exact text of an affiliate's postback or pixel. Markup stands in a frame that runs and loads nothing. */
export function PixelPreview({ target }: { readonly target: Target }) {
  const { url, code, bodyTemplate } = target
  return (
    <div className={classes.parts}>
      <div className={classes.part}>
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
      </div>
      <PixelLoads target={target} />
    </div>
  )
}

/** What one would look for in the text first: whom it calls, how, and what runs. */
function PixelLoads({ target }: { readonly target: Target }) {
  const loads = loadsOf(target)
  const warnings = [
    ...(runsScript(target) ? [words.runsScript] : []),
    ...(loads.some(({ isPlain }) => isPlain) ? [words.isPlain] : []),
  ]
  return (
    <div className={classes.part}>
      <Text size="sm" fw={500} mb={6}>
        {words.loads}
      </Text>
      <Text size="sm" c="dimmed" mb={6}>
        {target.type === 'postback' ? words.fromServer : words.inBrowser}
      </Text>
      {loads.length === 0 ? (
        <Text size="sm">{words.noHost}</Text>
      ) : (
        <ul className={classes.loads}>
          {loads.map(({ by, url, host }) => (
            <li key={`${by} ${url}`} title={url}>
              <span>{words.by[by] ?? (by === '' ? words.named : by)}</span>
              <b>{host === '' ? words.ownHost : host}</b>
            </li>
          ))}
        </ul>
      )}
      {warnings.map((warning) => (
        <Text key={warning} size="sm" className={classes.warning}>
          <Icon name="alert" size={14} /> {warning}
        </Text>
      ))}
    </div>
  )
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
