import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core'
import { Component, type ReactNode } from 'react'
import { texts } from '../texts.ts'
import { shellTexts } from '../texts-shell.ts'
import { Icon } from './icon.tsx'
import { Page } from './page.tsx'

const words = shellTexts.guard

type State = { readonly error: Error | undefined }

/** Keeps a screen that fails from taking the shell with it: the rest can still be reached. */
export class ScreenGuard extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: undefined }

  static getDerivedStateFromError(thrown: unknown): State {
    return { error: thrown instanceof Error ? thrown : new Error(String(thrown)) }
  }

  override render(): ReactNode {
    const { error } = this.state
    if (error === undefined) return this.props.children
    return <Failed error={error} onRetry={() => this.setState({ error: undefined })} />
  }
}

function Failed({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }) {
  return (
    <Page title={words.title}>
      <Alert color="red" variant="light" icon={<Icon name="alert" />}>
        <Stack gap="md">
          <Text size="sm">{words.text}</Text>
          <Code block>{error.message}</Code>
          <Group gap="xs">
            <Button onClick={onRetry}>{texts.problem.retry}</Button>
            <Button variant="default" onClick={() => location.reload()}>
              {words.reload}
            </Button>
          </Group>
        </Stack>
      </Alert>
    </Page>
  )
}
