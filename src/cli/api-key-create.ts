import { isRole } from '../api/access-table.ts'
import { issueApiKey } from '../api/api-key.ts'
import { ConfigError, loadConfig } from '../config.ts'
import { openStore, type Store } from '../store/open-store.ts'

/** `trailpost api-key create`: prints the key, which cannot be read again. */
export async function runApiKeyCreate(options: {
  readonly name: string
  readonly role: string
  readonly workspace?: string
}): Promise<void> {
  const { role } = options
  if (!isRole(role)) throw new ConfigError(`--role: owner, manager or viewer, not "${role}"`)
  const store = await openStore(loadConfig())
  try {
    const workspace = await chooseWorkspace(store, options.workspace)
    const { key } = await issueApiKey(store.db, { workspace, name: options.name, role }, Date.now())
    console.log(key)
  } finally {
    await store.close()
  }
}

async function chooseWorkspace(store: Store, wanted: string | undefined): Promise<string> {
  const rows = await store.db.selectFrom('workspaces').select(['id', 'name']).execute()
  const names = rows.map(({ id, name }) => `${id} (${name})`).join(', ')
  const found = wanted === undefined && rows.length === 1 ? rows[0] : rows.find(({ id }) => id === wanted)
  if (found !== undefined) return found.id
  if (rows.length === 0)
    throw new ConfigError('there is no workspace yet: run "trailpost owner create" first')
  throw new ConfigError(`--workspace: one of ${names}`)
}
