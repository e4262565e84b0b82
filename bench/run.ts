import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/**
 * `npm run bench [-- NAME…] [-- --json]`: each benchmark runs alone, in a process of its own, because what one
 * leaves behind (heap, caches, an open engine) would be counted against the next.
 */
const BENCHES = [
  'footprint',
  'edge',
  'flow',
  'snapshot',
  'network-snapshot',
  'loader',
  'conversions',
  'pixels',
  'delivery',
  'reports',
  'dashboard',
] as const
/** Minutes each: run when they are named. */
const LONG_BENCHES = ['delivery-backlog', 'delivery-kill'] as const
const ALL = [...BENCHES, ...LONG_BENCHES]

const args = process.argv.slice(2)
const json = args.includes('--json')
const names = args.filter((arg) => !arg.startsWith('--'))
const unknown = names.filter((name) => !ALL.some((bench) => bench === name))
if (unknown.length > 0) {
  console.error(`No benchmark is called ${unknown.join(', ')}; there are: ${ALL.join(', ')}.`)
  process.exit(1)
}

for (const name of names.length > 0 ? names : BENCHES) {
  const code = await runOne(name)
  if (code !== 0) {
    console.error(`The benchmark ${name} failed (${code}).`)
    process.exitCode = 1
  }
}

function runOne(name: string): Promise<number> {
  const file = fileURLToPath(new URL(`./${name}.ts`, import.meta.url))
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [file, ...(json ? ['--json'] : [])], { stdio: 'inherit' })
    child.once('exit', (code) => resolve(code ?? 1))
  })
}
