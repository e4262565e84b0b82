import { Button, Center } from '@mantine/core'
import { texts } from '../texts.ts'

type LoadMoreProps = {
  /** A query that reads page by page. */
  readonly query: {
    readonly hasNextPage: boolean
    readonly isFetchingNextPage: boolean
    readonly fetchNextPage: () => Promise<unknown>
  }
}

/** Below a list: asks for what comes after it; nothing when that is all. */
export function LoadMore({ query }: LoadMoreProps) {
  if (!query.hasNextPage) return null
  return (
    <Center>
      <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        {texts.form.loadMore}
      </Button>
    </Center>
  )
}
