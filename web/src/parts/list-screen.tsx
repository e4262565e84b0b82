import { Button } from '@mantine/core'
import { type Listed, useItems } from '../resource.ts'
import { useMayChange } from '../session.ts'
import { type Column, DataTable } from './data-table.tsx'
import { Empty } from './empty.tsx'
import { Icon, type IconName } from './icon.tsx'
import { Loaded } from './loaded.tsx'
import { Page } from './page.tsx'

type ListTexts = {
  readonly title: string
  readonly lead: string
  readonly create: string
  readonly emptyTitle: string
  readonly emptyText: string
}

type ListScreenProps<Item> = {
  readonly resource: Listed<Item>
  readonly texts: ListTexts
  readonly icon: IconName
  readonly columns: readonly Column<Item>[]
}

/** All things of one kind; each row leads to its form. */
export function ListScreen<Item extends { readonly id: string }>(props: ListScreenProps<Item>) {
  const { resource, texts, icon, columns } = props
  const query = useItems(resource)
  const mayChange = useMayChange()
  const create = (
    <Button component="a" href={`/${resource.name}/new`} leftSection={<Icon name="plus" size={14} />}>
      {texts.create}
    </Button>
  )
  const isEmpty = query.data?.length === 0
  return (
    <Page title={texts.title} lead={texts.lead} actions={mayChange && !isEmpty && create}>
      <Loaded query={query}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon={icon} title={texts.emptyTitle} text={texts.emptyText} action={mayChange && create} />
          ) : (
            <DataTable
              label={texts.title}
              columns={columns}
              rows={items}
              rowKey={(item) => item.id}
              href={(item) => `/${resource.name}/${item.id}`}
            />
          )
        }
      </Loaded>
    </Page>
  )
}
