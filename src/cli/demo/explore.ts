import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openShowcase } from './showcase.ts'

/** Serves the showcase until somebody ends it; nothing of it stays. */
export async function runExplore(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'trailpost-explore-'))
  try {
    console.log('Setting up an installation with example data; it takes about half a minute.')
    const showcase = await openShowcase(dataDir)
    const { installation, owner, affiliate } = showcase
    console.log(`
  Dashboard    ${installation.dashboardUrl}
  As its owner     ${owner.email}, password "${owner.password}"
  As an affiliate  ${affiliate.email}, password "${affiliate.password}" (the portal)

  All of it is example data and is deleted at the end. Ctrl-C ends it.
`)
    await untilInterrupted()
    await showcase.stop()
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

async function untilInterrupted(): Promise<void> {
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}
