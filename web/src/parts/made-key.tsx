import { Alert, Button, Stack } from '@mantine/core'
import { CopyField } from './copy-field.tsx'

type MadeKeyProps = {
  readonly value: string
  readonly words: { readonly keyReadyHint: string; readonly keyReady: string; readonly keyDone: string }
  readonly onDone: () => void
}

/** A new API key, shown this once. */
export function MadeKey({ value, words, onDone }: MadeKeyProps) {
  return (
    <Stack gap="md">
      <Alert color="trail">{words.keyReadyHint}</Alert>
      <CopyField label={words.keyReady} value={value} />
      <Button variant="default" onClick={onDone}>
        {words.keyDone}
      </Button>
    </Stack>
  )
}
