import { useQueryClient } from '@tanstack/react-query'
import { tellFailure, useTell } from './parts/tell.tsx'
import { useUndo } from './parts/undo.tsx'
import { currentQuery, viewParam } from './report-address.ts'
import { type ReportView, reportViews } from './report-kept.ts'
import { restoreKept } from './report-restore.ts'
import { setQuery } from './router.tsx'
import { explorerTexts } from './texts-explorer.ts'

const words = explorerTexts.saved

/** What one can do with saved views. */
export type ViewDeeds = {
  /** Keeps the report at hand. @throws ApiProblem */
  readonly create: (name: string) => Promise<void>
  /** Keeps the report at hand in the place of what the view was. */
  readonly update: (view: ReportView) => Promise<void>
  /** @throws ApiProblem */
  readonly rename: (view: ReportView, name: string) => Promise<void>
  readonly remove: (view: ReportView) => Promise<void>
}

export function useViewDeeds(): ViewDeeds {
  const queries = useQueryClient()
  const tell = useTell()
  const offerUndo = useUndo()
  const refresh = () => queries.invalidateQueries({ queryKey: [reportViews.name] })
  const change = async (view: ReportView, changes: Partial<Pick<ReportView, 'name' | 'query'>>) => {
    await reportViews.update(view.id, { name: view.name, query: view.query, ...changes })
    await refresh()
  }
  return {
    create: async (name) => {
      const { id } = await reportViews.create({ name, query: currentQuery() })
      await refresh()
      setQuery(viewParam(id))
      tell(words.updated(name))
    },
    update: async (view) => {
      try {
        await change(view, { query: currentQuery() })
        offerUndo({ message: words.updated(view.name), undo: () => change(view, {}) })
      } catch (failure) {
        tellFailure(words.failed, failure)
      }
    },
    rename: (view, name) => change(view, { name }),
    remove: async (view) => {
      try {
        await reportViews.archive(view.id)
        await refresh()
      } catch (failure) {
        tellFailure(words.failed, failure)
        return
      }
      const undo = async () => {
        await restoreKept('report-views', view.id)
        await refresh()
      }
      offerUndo({ message: words.removed(view.name), undo })
    },
  }
}
