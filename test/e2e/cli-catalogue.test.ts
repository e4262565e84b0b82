import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { childEnvironment } from '../../src/config.ts'

const PROGRAM = join(import.meta.dirname, '../../bin/trailpost.js')
const dir = mkdtempSync(join(tmpdir(), 'trailpost-catalogue-'))
const dataDir = join(dir, 'data')
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const SOUND = {
  trafficSources: [
    {
      key: 'our-pops',
      name: 'Our pops',
      externalId: { param: 'click', macro: '[CLICK]' },
      targets: [{ url: 'https://pops.example/conversion?c={externalid}&v={payout}&k=REPLACE_KEY' }],
      placeholders: [{ name: 'REPLACE_KEY', hint: 'Key of the account' }],
    },
  ],
}

describe('trailpost catalogue', () => {
  it('lists what is found, and judges the built-in templates sound', () => {
    const { stdout, status } = run(['list', 'everflow'])
    expect(status).toBe(0)
    expect(stdout).toMatch(/^network {9}everflow {2,}Everflow$/m)
    expect(run(['check'])).toMatchObject({ status: 0, stdout: expect.stringMatching(/^2\d\d templates/) })
  })

  it('refuses a file with mistakes, names each of them, and keeps nothing', () => {
    const [source] = SOUND.trafficSources
    const file = write('broken.json', {
      trafficSources: [
        { ...source, placeholders: [] },
        { ...source, key: 'x', externalId: null },
        { ...source, key: 'y', family: 'none' },
      ],
      affiliateNetworks: [{ key: 'z', name: 'Z', incoming: { clickId: 'plain' } }],
    })
    for (const command of ['check', 'add']) {
      const { status, stderr } = run([command, file])
      expect(status).toBe(1)
      expect(stderr).toContain('trafficSources.0 (our-pops): the placeholder "REPLACE_KEY" is not declared')
      expect(stderr).toContain('trafficSources.1 (x): targets.0.url: {externalid} stays empty')
      expect(stderr).toContain('trafficSources.2 (y): family: there is no family "none"')
      expect(stderr).toContain('affiliateNetworks.0 (z): incoming: "plain" left unfilled')
    }
    expect(run(['list', 'our-pops']).stdout).toBe('')
    expect(run(['check', write('torn.json', '{')])).toMatchObject({ status: 1 })
    expect(run(['check', join(dir, 'absent.json')])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('can not be read'),
    })
  })

  it('adds a sound file, which is then listed, judged and replaced by its name', () => {
    const file = write('ours.json', SOUND)
    expect(run(['check', file])).toMatchObject({ status: 0, stdout: '1 template, nothing wrong\n' })
    for (const _again of [1, 2]) expect(run(['add', file]).status).toBe(0)
    expect(readdirSync(join(dataDir, 'catalogue'))).toEqual(['ours.json'])
    expect(run(['list', 'our']).stdout).toMatch(/our-pops +Our pops, your own, asks for 1 value$/m)
    writeFileSync(join(dataDir, 'catalogue', 'by-hand.json'), '[]')
    expect(run(['check'])).toMatchObject({ status: 1, stderr: expect.stringContaining('by-hand.json: ') })
  })
})

function write(name: string, content: object | string): string {
  const path = join(dir, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

function run(args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, 'catalogue', ...args], {
    encoding: 'utf8',
    env: childEnvironment({ TRAILPOST_DATA_DIR: dataDir }),
  })
  return { status, stdout, stderr }
}
