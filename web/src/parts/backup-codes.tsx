import { Button, CopyButton, Group, Stack } from '@mantine/core'
import { texts } from '../texts.ts'
import { twoFactorTexts as words } from '../texts-settings.ts'
import classes from './backup-codes.module.css'
import { Icon } from './icon.tsx'
import { Note } from './note.tsx'

type BackupCodesProps = { readonly codes: readonly string[]; readonly onDone: () => void }

/** Backup codes, shown this once: to copy, or as a file. */
export function BackupCodes({ codes, onDone }: BackupCodesProps) {
  const text = `${codes.join('\n')}\n`
  return (
    <Stack gap="md">
      <Note tone="look" title={words.codesTitle} live>
        {words.codesHint}
      </Note>
      <ul className={classes.codes} aria-label={words.codes}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <Group gap="xs">
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              leftSection={<Icon name={copied ? 'check' : 'copy'} size={14} />}
              onClick={copy}
            >
              {copied ? texts.copy.done : texts.copy.do}
            </Button>
          )}
        </CopyButton>
        <Button
          component="a"
          variant="default"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
          download={words.file}
          leftSection={<Icon name="down" size={14} />}
        >
          {words.download}
        </Button>
      </Group>
      <Group>
        <Button onClick={onDone}>{words.kept}</Button>
      </Group>
    </Stack>
  )
}
