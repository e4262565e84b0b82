import { inflateRawSync } from 'node:zlib'

/**
 * The cells of the only sheet of a spreadsheet, row by row, by the letter of their column: texts as `text:…`, numbers as they
 * are written.
 * @throws when a cell is a formula
 */
export function sheetOf(archive: Buffer): readonly Readonly<Record<string, string>>[] {
  const files = unzip(archive)
  const shared = [...(files.get('xl/sharedStrings.xml') ?? '').matchAll(/<si>.*?<t[^>]*>(.*?)<\/t>/gs)]
  const sheet = files.get('xl/worksheets/sheet1.xml') ?? ''
  return [...sheet.matchAll(/<row [^>]*>(.*?)<\/row>/gs)].map(([, row = '']) => {
    const cells = [...row.matchAll(/<c ([^>]*?)(?:\/>|>(.*?)<\/c>)/gs)]
    return Object.fromEntries(
      cells.map(([, attributes = '', content = '']) => {
        const value = /<v>(.*?)<\/v>/s.exec(content)?.[1] ?? ''
        const letter = /r="([A-Z]+)\d+"/.exec(attributes)?.[1] ?? ''
        if (content.includes('<f>')) throw new Error(`a formula in the cell ${attributes}`)
        return [letter, attributes.includes('t="s"') ? `text:${shared[Number(value)]?.[1]}` : value]
      }),
    )
  })
}

/** The text of the files of a ZIP archive, found by its directory. */
function unzip(archive: Buffer): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  const end = archive.lastIndexOf('PK\u0005\u0006')
  let at = archive.readUInt32LE(end + 16)
  for (let n = archive.readUInt16LE(end + 10); n > 0; n--) {
    const [size, nameLength] = [archive.readUInt32LE(at + 20), archive.readUInt16LE(at + 28)]
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength)
    const local = archive.readUInt32LE(at + 42)
    const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28)
    const bytes = archive.subarray(start, start + size)
    files.set(name, (archive.readUInt16LE(at + 10) === 0 ? bytes : inflateRawSync(bytes)).toString())
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32)
  }
  return files
}
