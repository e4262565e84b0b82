import { ActionIcon, Button, Group, Popover, Stack, Text, TextInput, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { type SubmitEvent, useState } from 'react'
import { currentQuery, isSameQuery, openedView, openView } from '../report-address.ts'
import { type ReportView, reportViews } from '../report-kept.ts'
import { useViewDeeds, type ViewDeeds } from '../report-views.ts'
import { useItems } from '../resource.ts'
import { usePlace } from '../router.tsx'
import { useMayChange } from '../session.ts'
import { explorerTexts } from '../texts-explorer.ts'
import { FormProblem } from './form-footer.tsx'
import { Icon } from './icon.tsx'
import classes from './report-views.module.css'
import { useTell } from './tell.tsx'

const words = explorerTexts.saved

/** The reports that the workspace keeps under a name, and a link to the one at hand. */
export function ReportViews() {
  const [opened, { toggle, close }] = useDisclosure()
  const views = useItems(reportViews).data ?? []
  const openId = openedView(usePlace().query)
  const open = views.find(({ id }) => id === openId)
  const isChanged = open !== undefined && !isSameQuery(open.query, currentQuery())
  const name = open === undefined ? words.menu : isChanged ? words.changed(open.name) : open.name
  return (
    <Popover opened={opened} onChange={toggle} position="bottom-end" shadow="md" width={320} trapFocus>
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<Icon name="bookmark" size={14} />}
          onClick={toggle}
          aria-label={open === undefined ? words.title : words.current(name)}
          className={classes.button ?? ''}
        >
          {name}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={words.title}>
        <ViewList views={views} open={open} isChanged={isChanged} onClose={close} />
      </Popover.Dropdown>
    </Popover>
  )
}

type ViewListProps = {
  readonly views: readonly ReportView[]
  readonly open: ReportView | undefined
  readonly isChanged: boolean
  readonly onClose: () => void
}

function ViewList({ views, open, isChanged, onClose }: ViewListProps) {
  const mayChange = useMayChange()
  const tell = useTell()
  const deeds = useViewDeeds()
  const copy = async () => {
    await navigator.clipboard.writeText(location.href)
    tell(words.copied)
    onClose()
  }
  return (
    <Stack gap="sm">
      {views.length === 0 ? (
        <Text size="sm" c="dimmed">
          {words.none}
        </Text>
      ) : (
        <ul className={classes.list} aria-label={words.title}>
          {views.map((view) => (
            <li key={view.id}>
              <ViewItem {...{ view, deeds, mayChange }} isOpen={view.id === open?.id} onOpen={onClose} />
            </li>
          ))}
        </ul>
      )}
      {mayChange && (
        <>
          {open !== undefined && isChanged && (
            <Button variant="light" size="xs" onClick={() => void deeds.update(open)}>
              {words.update(open.name)}
            </Button>
          )}
          <NameForm
            label={words.saveAs}
            initial=""
            submitLabel={words.save}
            save={async (name) => {
              await deeds.create(name)
              onClose()
            }}
          />
        </>
      )}
      <Button
        variant="default"
        size="xs"
        leftSection={<Icon name="link" size={13} />}
        onClick={() => void copy()}
      >
        {words.copy}
      </Button>
    </Stack>
  )
}

type ViewItemProps = {
  readonly view: ReportView
  readonly deeds: ViewDeeds
  readonly mayChange: boolean
  readonly isOpen: boolean
  readonly onOpen: () => void
}

function ViewItem({ view, deeds, mayChange, isOpen, onOpen }: ViewItemProps) {
  const [isRenaming, setRenaming] = useState(false)
  if (isRenaming) {
    return (
      <NameForm
        label={words.renameOf(view.name)}
        initial={view.name}
        submitLabel={words.rename}
        save={async (name) => {
          await deeds.rename(view, name)
          setRenaming(false)
        }}
      />
    )
  }
  return (
    <Group gap={2} wrap="nowrap">
      <UnstyledButton
        className={classes.view}
        aria-current={isOpen || undefined}
        onClick={() => {
          openView(view)
          onOpen()
        }}
      >
        {view.name}
      </UnstyledButton>
      {mayChange && (
        <>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={words.renameOf(view.name)}
            title={words.rename}
            onClick={() => setRenaming(true)}
          >
            <Icon name="edit" size={14} />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={words.removeOf(view.name)}
            title={words.remove}
            onClick={() => void deeds.remove(view)}
          >
            <Icon name="remove" size={14} />
          </ActionIcon>
        </>
      )}
    </Group>
  )
}

type NameFormProps = {
  readonly label: string
  readonly initial: string
  readonly submitLabel: string
  readonly save: (name: string) => Promise<void>
}

function NameForm({ label, initial, submitLabel, save }: NameFormProps) {
  const [name, setName] = useState(initial)
  const [problem, setProblem] = useState<string>()
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    save(name.trim()).catch((failure: unknown) =>
      setProblem(failure instanceof Error ? failure.message : String(failure)),
    )
  }
  return (
    <form onSubmit={submit}>
      <Group gap={6} align="flex-end" wrap="nowrap">
        <TextInput
          label={label}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          required
          size="xs"
          flex={1}
        />
        <Button type="submit" size="xs" variant="default" disabled={name.trim() === ''}>
          {submitLabel}
        </Button>
      </Group>
      <FormProblem problem={problem} />
    </form>
  )
}
