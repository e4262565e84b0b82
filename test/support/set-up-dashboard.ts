import { execFileSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import chromium from '@sparticuz/chromium'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the dashboard, which every installation serves. */
    webRoot: string
  }
}

const WEB = resolve(import.meta.dirname, '../../web')

/** Builds the dashboard of this source and unpacks the browser, once for all tests with one. */
export async function setup(project: TestProject): Promise<void> {
  // Two tests that begin at once would unpack it over each other, and start what is half there.
  await chromium.executablePath()
  const vite = resolve(WEB, '../node_modules/vite/bin/vite.js')
  // What is being served meanwhile keeps its files.
  const args = [vite, 'build', WEB, '--emptyOutDir', 'false', '--logLevel', 'warn']
  // In a process of its own, because a test's NODE_ENV gives React's development build.
  execFileSync(process.execPath, args, { env: { PATH: process.env.PATH, NODE_ENV: 'production' } })
  project.provide('webRoot', join(WEB, 'dist'))
}
