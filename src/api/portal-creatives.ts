import { escapeHtml } from '../domain/escape-html.ts'
import type { Creative } from '../domain/offer-terms.ts'

/** Where a text or e-mail wants the link; without it the link follows the text. */
const LINK_MARK = '{link}'

/** HTML for an affiliate's own page or mail, around its own link: nothing in it is anybody's markup. */
export function creativeHtml(creative: Creative, link: string): string {
  const text = creative.text.trim()
  const href = escapeHtml(link)
  if (creative.type === 'image') return `<a href="${href}">${imageElement(creative)}</a>`
  if (creative.type === 'text')
    return `<a href="${href}">${toLines(text.replaceAll(LINK_MARK, '').trim())}</a>`
  const anchor = `<a href="${href}">${href}</a>`
  if (!text.includes(LINK_MARK)) return `<p>${toLines(text)}</p><p>${anchor}</p>`
  return `<p>${text.split(LINK_MARK).map(toLines).join(anchor)}</p>`
}

function imageElement({ url, name, width, height }: Creative): string {
  const size = width > 0 && height > 0 ? ` width="${width}" height="${height}"` : ''
  return `<img src="${escapeHtml(url)}" alt="${escapeHtml(name)}"${size}>`
}

function toLines(text: string): string {
  return escapeHtml(text).replaceAll(/\r?\n/g, '<br>')
}
