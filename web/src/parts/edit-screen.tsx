import { Button, Modal, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { ComponentType } from 'react'
import { type Resource, useArchive, useItem } from '../resource.ts'
import { navigate } from '../router.tsx'
import { useMayChange } from '../session.ts'
import { texts } from '../texts.ts'
import { FormProblem } from './form-footer.tsx'
import { Loaded } from './loaded.tsx'
import { Page } from './page.tsx'

type Named = { readonly id: string; readonly name: string }

type EditScreenProps<Item, Body> = {
  readonly resource: Resource<Item, Body>
  /** 'new' for a thing that does not exist yet. */
  readonly id: string
  readonly listTitle: string
  readonly createTitle: string
  readonly form: ComponentType<{ readonly item: Item | undefined }>
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
  const { resource, id, back, form: Form } = props
  const query = useItem(resource, id)
  const mayChange = useMayChange()
  return (
    <Page
      title={query.data?.name ?? back.label}
      back={back}
      actions={query.data && mayChange && <Archive resource={resource} item={query.data} />}
    >
      <Loaded query={query}>{(item) => <Form item={item} />}</Loaded>
    </Page>
  )
}

type ArchiveProps<Item, Body> = { readonly resource: Resource<Item, Body>; readonly item: Item }

function Archive<Item extends Named, Body>({ resource, item }: ArchiveProps<Item, Body>) {
  const [opened, { open, close }] = useDisclosure()
  const archive = useArchive(resource, () => navigate(`/${resource.name}`))
  return (
    <>
      <Button variant="default" onClick={open}>
        {texts.form.archive}
      </Button>
      <Modal opened={opened} onClose={close} title={item.name} centered>
        <Text mb="lg">{texts.form.archiveAsk}</Text>
        <FormProblem problem={archive.error?.message} />
        <Button color="red" loading={archive.isPending} onClick={() => archive.mutate(item.id)}>
          {texts.form.archive}
        </Button>
        <Button variant="subtle" color="gray" ml="xs" onClick={close}>
          {texts.form.cancel}
        </Button>
      </Modal>
    </>
  )
}
