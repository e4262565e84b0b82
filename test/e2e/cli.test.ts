import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { childEnvironment } from '../../src/config.ts'

const PROGRAM = join(import.meta.dirname, '../../bin/trailpost.js')
const dataDir = mkdtempSync(join(tmpdir(), 'trailpost-cli-'))
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

describe('the command line', () => {
  it('prints its version and its commands', () => {
    expect(run(['version']).stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/)
    const { stdout } = run(['--help'])
    for (const command of [
      'start',
      'edge',
      'core',
      'demo',
      'doctor',
      'api-key',
      'owner',
      'export',
      'version',
    ]) {
      expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'))
    }
  })

  it('makes an owner and a key without a browser', () => {
    const owner = [
      'owner',
      'create',
      '--email',
      'a@example.com',
      '--password',
      'long enough 1',
      '--name',
      'Ada',
    ]
    expect(run(owner).stdout).toMatch(/^workspace [0-9a-z]{10}$/m)
    expect(run(owner)).toMatchObject({ status: 1, stderr: expect.stringContaining('already has an account') })
    expect(run(['api-key', 'create', '--name', 'ci']).stdout).toMatch(/^tp_[\w-]{43}$/m)
    expect(run(['api-key', 'create', '--name', 'ci', '--role', 'king'])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('owner, manager or viewer'),
    })
  })

  it('gives who forgot their password a new one, and nobody else', () => {
    const reset = run(['owner', 'reset-password', 'a@example.com'])
    expect(reset).toMatchObject({ status: 0, stdout: expect.stringMatching(/^[\w-]{16}$/m) })
    expect(run(['owner', 'reset-password', 'b@example.com'])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('nobody has this e-mail address'),
    })
  })

  it('names every wrong setting in one go', () => {
    const { status, stderr } = run(['start'], {
      TRAILPOST_PUBLIC_PORT: '99999',
      TRAILPOST_DURABILITY: 'maybe',
    })
    expect(status).toBe(1)
    expect(stderr).toContain('TRAILPOST_PUBLIC_PORT')
    expect(stderr).toContain('TRAILPOST_DURABILITY')
  })

  it('checks a machine where nothing runs yet', () => {
    const { stdout } = run(['doctor', '--json'], {
      TRAILPOST_PUBLIC_PORT: '1',
      TRAILPOST_DASHBOARD_PORT: '2',
    })
    const findings: { check: string; ok: boolean; mend: string }[] = JSON.parse(stdout)
    const well = findings.filter(({ ok }) => ok).map(({ check }) => check)
    expect(well).toEqual(
      expect.arrayContaining(['disk space', 'durable writes', 'secret', 'clock', 'sql', 'ledger']),
    )
  })

  it('tells an older Node in one sentence what to do', () => {
    // The file is run as an older Node would see it: with that Node's version number.
    const pretend = "Object.defineProperty(process.versions, 'node', { value: '20.19.0' });"
    const script = `${pretend} await import(${JSON.stringify(PROGRAM)})`
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    })
    expect(status).toBe(1)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(stderr).toContain('Trailpost needs Node.js 24 or newer')
  })
})

function run(args: readonly string[], settings: Readonly<Record<string, string>> = {}) {
  const env = childEnvironment({ TRAILPOST_DATA_DIR: dataDir, TRAILPOST_LOG_LEVEL: 'silent', ...settings })
  return spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8', env })
}
