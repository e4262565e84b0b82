import { afterAll, beforeAll, expect, it } from 'vitest'
import type { HitAnswer } from '../../src/domain/hit.ts'
import { type EdgeRig, startRig } from './edge-rig.ts'

const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
const STEPS: HitAnswer['steps'] = [
  { step: 'visit', ok: true, detail: 'abc by cid' },
  { step: 'token', ok: false, detail: '"<script>alert(1)</script>" is not the token' },
]
let rig: EdgeRig

beforeAll(async () => {
  rig = await startRig()
  rig.core.judge = (hit) => ({ hit: hit.id, outcome: 'test', reason: 'token: wrong', steps: STEPS })
})
afterAll(() => rig.stop())

it.each(['/postback?cid=x&test=1', '/pixel.html?cid=x&test=1', '/postback?cid=x&TEST=1'])(
  'a person who opens %s reads every step, and what senders wrote is text',
  async (path) => {
    const answer = await rig.get(path, { headers: BROWSER })
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(answer.headers['x-trailpost-outcome']).toBe('test')
    expect(answer.headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+';/,
    )
    expect(answer.text).toContain('Without test=1 this conversion would not be counted.')
    expect(answer.text).toContain('abc by cid')
    expect(answer.text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(answer.text).not.toContain('<script')
  },
)

it('a frame of the pixel shows the page to whoever asks, since only a person sees a frame', async () => {
  expect((await rig.get('/pixel.html?cid=x&test=1')).text).toContain('Test of a conversion')
})

it('a server, and who asks for another format, gets the steps in that format', async () => {
  expect(JSON.parse((await rig.get('/postback?cid=x&test=1')).text)).toMatchObject({ steps: STEPS })
  const text = await rig.get('/postback?cid=x&test=1&format=text', { headers: BROWSER })
  expect(text.text).toBe('test\n')
  const json = await rig.get('/postback?cid=x&test=1&format=json', { headers: BROWSER })
  expect(JSON.parse(json.text)).toMatchObject({ outcome: 'test' })
})

it('images and scripts of a test stay images and scripts', async () => {
  expect((await rig.get('/pixel.gif?cid=x&test=1')).headers['content-type']).toBe('image/gif')
  expect((await rig.get('/pixel.js?cid=x&test=1')).headers['content-type']).toBe(
    'text/javascript; charset=utf-8',
  )
})

it('what is no test is answered as ever, in a browser too', async () => {
  const answer = await rig.get('/postback?cid=x&test=0', { headers: BROWSER })
  expect(JSON.parse(answer.text)).toMatchObject({ outcome: 'test' })
})

it('a test that core did not judge in time says so', async () => {
  rig.core.judge = (hit) => ({ hit: hit.id, outcome: 'queued' })
  const answer = await rig.get('/postback?cid=x&test=1', { headers: BROWSER })
  expect(answer.status).toBe(202)
  expect(answer.text).toContain('not judged yet')
})
