import { ListScreen } from '../parts/list-screen.tsx'
import { Shortened } from '../parts/shortened.tsx'
import { useItems } from '../resource.ts'
import { sources, targets } from '../resources.ts'
import { texts } from '../texts.ts'

export function Sources() {
  const known = useItems(targets).data ?? []
  const postbackOf = (id: string) => known.find((target) => target.ownerId === id)?.url
  return (
    <ListScreen
      resource={sources}
      texts={texts.sources}
      icon="source"
      columns={[
        { key: 'name', header: texts.form.name, cell: (source) => source.name },
        {
          key: 'param',
          header: texts.sources.externalIdParam,
          cell: (source) => source.externalIdParam || texts.none,
        },
        {
          key: 'tokens',
          header: texts.sources.tokens,
          cell: (source) => (
            <Shortened text={source.tokens.map((token) => token.name).join(', ') || texts.none} width={200} />
          ),
        },
        {
          key: 'postback',
          header: texts.sources.postbackUrl,
          cell: (source) => <Shortened text={postbackOf(source.id) ?? texts.sources.postbackNone} />,
        },
      ]}
    />
  )
}
