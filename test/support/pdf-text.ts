import { inflateSync } from 'node:zlib'

export type PdfText = {
  /** From 0. */
  readonly page: number
  /** Points from the left and from the bottom. */
  readonly x: number
  readonly y: number
  readonly text: string
}

/**
 * The text of a document that pdfkit wrote, piece by piece with its place: glyph ids of TJ operators, turned into
 * characters by the ToUnicode map of their font.
 */
export function readPdfText(pdf: Buffer): readonly PdfText[] {
  const objects = readObjects(pdf)
  const fonts = new Map<string, ReadonlyMap<string, string>>()
  for (const { head } of objects.values()) {
    for (const [, name = '', id = ''] of head.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
      const [, map = ''] = /\/ToUnicode (\d+) 0 R/.exec(objects.get(id)?.head ?? '') ?? []
      if (map !== '') fonts.set(name, readCharacters(objects.get(map)?.stream ?? ''))
    }
  }
  const pages = [...objects.values()].flatMap(({ head }) => {
    const [, contents = ''] = /\/Type \/Page\b.*\/Contents (\d+) 0 R/s.exec(head) ?? []
    return contents === '' ? [] : [objects.get(contents)?.stream ?? '']
  })
  return pages.flatMap((stream, page) => readPage(stream, fonts).map((piece) => ({ page, ...piece })))
}

type PdfObject = { readonly head: string; readonly stream: string }

function readObjects(pdf: Buffer): ReadonlyMap<string, PdfObject> {
  const text = pdf.toString('latin1')
  const objects = new Map<string, PdfObject>()
  for (const [whole, id = '', body = ''] of text.matchAll(/(\d+) 0 obj\n(.*?)\nendobj/gs)) {
    const at = body.indexOf('stream\n')
    const head = at === -1 ? body : body.slice(0, at)
    const raw = at === -1 ? '' : body.slice(at + 7, body.lastIndexOf('\nendstream'))
    const isPacked = head.includes('/FlateDecode')
    const stream = isPacked ? inflateSync(Buffer.from(raw, 'latin1')).toString('latin1') : raw
    objects.set(id, { head, stream: whole === '' ? '' : stream })
  }
  return objects
}

/** Glyph id, four hexadecimal digits → text: the entries of a bfrange list glyphs 0000, 0001… */
function readCharacters(cmap: string): ReadonlyMap<string, string> {
  const characters = new Map<string, string>()
  for (const [, from = '', , list = ''] of cmap.matchAll(/<(\w{4})> <(\w{4})> \[([^\]]*)\]/g)) {
    // A ligature is several characters, with spaces between them.
    const texts = [...list.matchAll(/<([\w ]*)>/g)].map(([, hex = '']) => hex.replaceAll(' ', ''))
    for (const [i, hex] of texts.entries()) {
      const glyph = (Number.parseInt(from, 16) + i).toString(16).padStart(4, '0')
      characters.set(glyph, Buffer.from(hex, 'hex').swap16().toString('utf16le'))
    }
  }
  return characters
}

function readPage(stream: string, fonts: ReadonlyMap<string, ReadonlyMap<string, string>>) {
  const pieces: { x: number; y: number; text: string }[] = []
  let [x, y, font] = [0, 0, '']
  const operators = /1 0 0 1 (\S+) (\S+) Tm|\/(F\d+) \S+ Tf|\[([^\]]*)\] TJ/g
  for (const [, left, bottom, name, glyphs] of stream.matchAll(operators)) {
    if (left !== undefined) [x, y] = [Number(left), Number(bottom)]
    if (name !== undefined) font = name
    if (glyphs === undefined) continue
    const hex = [...glyphs.matchAll(/<(\w*)>/g)].map(([, part = '']) => part).join('')
    const text = hex.match(/\w{4}/g)?.map((glyph) => fonts.get(font)?.get(glyph) ?? '?') ?? []
    pieces.push({ x, y, text: text.join('') })
  }
  return pieces
}
