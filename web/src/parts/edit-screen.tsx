import { Alert, Button, Group } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { ComponentType } from 'react'
import { type Resource, useArchive, useItem } from '../resource.ts'
import { navigate } from '../router.tsx'
import { useMayChange, useMayManage } from '../session.ts'
import { texts } from '../texts.ts'
import { shellTexts } from '../texts-shell.ts'
import { ConfirmButton } from './confirm-button.tsx'
import { FormProblem } from './form-footer.tsx'
import { Icon } from './icon.tsx'
import { RestoreButton } from './list-screen.tsx'
import { Loaded } from './loaded.tsx'
import { Page } from './page.tsx'
import { useUndo } from './undo.tsx'

const words = shellTexts.list

type Named = { readonly id: string; readonly name: string; readonly archivedAt?: string | null }

type EditScreenProps<Item, Body> = {
  readonly resource: Resource<Item, Body>
  /** 'new' for a thing that does not exist yet. */
  readonly id: string
  readonly listTitle: string
  readonly createTitle: string
  readonly form: ComponentType<{ readonly item: Item | undefined }>
  /** What else can be done with one that is in use, by who may change it. */
  readonly deeds?: ComponentType<{ readonly item: Item }>
}

/** The form of one thing, empty for a new one. */
export function EditScreen<Item extends Named, Body>(props: EditScreenProps<Item, Body>) {
  const { resource, id, listTitle, createTitle, form: Form } = props
  const back = { href: `/${resource.name}`, label: listTitle }
  if (id === 'new') {
    return (
      <Page title={createTitle} back={back}>
        <Form item={undefined} />
      </Page>
    )
  }
  return <EditExisting {...props} back={back} />
}

type EditExistingProps<Item, Body> = EditScreenProps<Item, Body> & {
  readonly back: { readonly href: string; readonly label: string }
}

function EditExisting<Item extends Named, Body>(props: EditExistingProps<Item, Body>) {
  const { resource, id, back, form: Form, deeds: Deeds } = props
  const query = useItem(resource, id)
  const mayChange = useMayChange()
  const mayArchive = useMayManage()
  const deed = useArchiving(resource)
  const item = query.data
  const isArchived = item?.archivedAt != null
  return (
    <Page
      title={item?.name ?? back.label}
      back={back}
      actions={
        item &&
        !isArchived && (
          <>
            {Deeds && mayChange && <Deeds item={item} />}
            {mayArchive && (
              <Archive
                canUndo={resource.restore !== undefined}
                isRunning={deed.isPending}
                run={() => deed.mutateAsync(item)}
              />
            )}
          </>
        )
      }
    >
      <FormProblem problem={deed.error?.message} />
      {item && isArchived && (
        <Alert color="gray" variant="light" icon={<Icon name="inbox" />} title={words.isArchived}>
          <Group justify="space-between">
            {words.isArchivedText}
            {mayArchive && <RestoreButton resource={resource} item={item} />}
          </Group>
        </Alert>
      )}
      <Loaded query={query}>{(found) => <Form item={found} />}</Loaded>
    </Page>
  )
}

/** Archiving asks nothing where it can be taken back: it is done, and then offered to be undone. */
function useArchiving<Item extends Named, Body>(resource: Resource<Item, Body>) {
  const { archive, restore } = useArchive(resource)
  const offerUndo = useUndo()
  return useMutation({
    mutationFn: ({ id }: Item) => archive(id),
    onSuccess: (_nothing, { id, name }) => {
      navigate(`/${resource.name}`, { unasked: true })
      if (resource.restore === undefined) return
      offerUndo({ message: words.didArchive(name), undo: () => restore(id) })
    },
  })
}

type ArchiveProps = {
  readonly canUndo: boolean
  readonly isRunning: boolean
  readonly run: () => Promise<unknown>
}

function Archive({ canUndo, isRunning, run }: ArchiveProps) {
  if (!canUndo) {
    return (
      <ConfirmButton
        label={texts.form.archive}
        title={texts.form.archive}
        text={texts.form.archiveAsk}
        isGrave
        run={run}
      />
    )
  }
  return (
    // Why it is refused stands above the form.
    <Button variant="default" loading={isRunning} onClick={() => void run().catch(() => undefined)}>
      {texts.form.archive}
    </Button>
  )
}
