import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RenderedPixel } from '../../src/domain/hit.ts'
import { type EdgeRig, startRig } from './edge-rig.ts'

const HTML = `<script>document.write("<b class='x'>&amp;</b>")</script>`
const MARKUP: RenderedPixel = { type: 'html', html: HTML }
const IMAGE: RenderedPixel = { type: 'image', url: 'https://a.example/i' }
const SCRIPT: RenderedPixel = { type: 'script', url: 'https://c.example/s.js' }

describe("an affiliate's markup", () => {
  let rig: EdgeRig

  beforeAll(async () => {
    rig = await startRig()
  })
  afterAll(async () => {
    await rig.stop()
  })

  async function show(path: string, pixels: readonly RenderedPixel[]) {
    rig.core.judge = (hit) => ({ hit: hit.id, outcome: 'recorded', pixels })
    return await rig.get(`${path}?offer=o1`)
  }

  it('stands in the document of an iframe pixel as a frame without an origin, and nowhere else', async () => {
    const { text } = await show('/pixel.html', [MARKUP])
    const [, sandbox, srcdoc = ''] = /<iframe sandbox="([^"]*)" srcdoc="([^"]*)"/.exec(text) ?? []
    expect(sandbox).toBe('allow-scripts')
    expect(unescapeHtml(srcdoc)).toBe(`<!doctype html><meta name="referrer" content="no-referrer">${HTML}`)
    expect(text.replace(/<iframe[^>]*><\/iframe>/, '')).toBe('<!doctype html><title></title>')
  })

  it('may load from any site, which nothing may without it', async () => {
    const wide = await show('/pixel.html', [IMAGE, MARKUP, SCRIPT])
    expect(wide.headers['content-security-policy']).toBe(
      "default-src 'none'; img-src https: http: data:; frame-src https: http:; " +
        "script-src 'unsafe-inline' https: http:; connect-src https: http:; frame-ancestors *",
    )
    const exact = await show('/pixel.html', [IMAGE])
    expect(exact.headers['content-security-policy']).toBe(
      "default-src 'none'; img-src https://a.example/i; frame-ancestors *",
    )
  })

  it('is a frame without an origin in the page of a script pixel, and never a script there', async () => {
    const { text } = await show('/pixel.js', [MARKUP, IMAGE])
    expect(text).not.toMatch(/[<>]/)
    const made: Record<string, unknown>[] = []
    const page = {
      createElement: (tag: string) => ({
        tag,
        setAttribute(this: Record<string, unknown>, name: string, value: string) {
          this[name] = value
        },
      }),
      body: { appendChild: (element: Record<string, unknown>) => made.push(element) },
    }
    runInNewContext(text, { document: page })
    expect(made).toMatchObject([
      { tag: 'iframe', sandbox: 'allow-scripts', srcdoc: expect.stringContaining(HTML), hidden: true },
      { tag: 'img', src: 'https://a.example/i' },
    ])
    expect(made[0]).not.toHaveProperty('src')
  })

  it('is no answer to an image', async () => {
    const alone = await show('/pixel.gif', [MARKUP])
    expect([alone.status, alone.headers['content-type']]).toEqual([200, 'image/gif'])
    const second = await show('/pixel.gif', [MARKUP, IMAGE])
    expect([second.status, second.headers.location]).toEqual([302, 'https://a.example/i'])
  })
})

function unescapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = { quot: '"', '#39': "'", lt: '<', gt: '>', amp: '&' }
  return text.replaceAll(/&([^;]+);/g, (whole, name: string) => entities[name] ?? whole)
}
