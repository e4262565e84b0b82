import { parse } from 'csv-parse/sync'
import { UPLOAD_LIMITS } from './upload-limits.ts'

const SEPARATORS = [',', ';', '\t'] as const

/** One line of the file: its cells, or why it has none. */
export type UploadLine =
  | { readonly line: number; readonly cells: readonly string[] }
  | { readonly line: number; readonly problem: string }

/**
 * Reads a CSV file line by line; empty lines are passed over. A row is one line: a quote that is not closed breaks
 * its own row and none of those below, which a reader of the whole file would swallow.
 *
 * @param body UTF-8, or UTF-16 as spreadsheets write "Unicode text", with or without a byte order mark.
 */
export function* readLines(body: Buffer): Generator<UploadLine> {
  const text = decode(body)
  let separator: string | undefined
  let line = 0
  for (const content of splitLines(text)) {
    line += 1
    if (content.trim() === '') continue
    separator ??= findSeparator(content)
    yield readLine(line, content, separator)
  }
}

function decode(body: Buffer): string {
  const [first, second] = body
  const isUtf16 = first === 0xff && second === 0xfe
  // The decoder drops the byte order mark.
  return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(body)
}

function* splitLines(text: string): Generator<string> {
  const end = /\r\n|\n|\r/g
  let start = 0
  for (let found = end.exec(text); found !== null; found = end.exec(text)) {
    yield text.slice(start, found.index)
    start = end.lastIndex
  }
  if (start < text.length) yield text.slice(start)
}

/** The one that the first line has most of, outside of quotes. */
function findSeparator(content: string): string {
  const plain = content.replace(/"[^"]*"/g, '')
  const count = (separator: string) => plain.split(separator).length
  return SEPARATORS.reduce((best, each) => (count(each) > count(best) ? each : best))
}

function readLine(line: number, content: string, separator: string): UploadLine {
  if (content.length > UPLOAD_LIMITS.lineCharsMax) {
    return { line, problem: `the line is longer than ${UPLOAD_LIMITS.lineCharsMax} characters` }
  }
  const cells = content.includes('"') ? splitQuoted(content, separator) : content.split(separator)
  if (cells === undefined) return { line, problem: 'a quote is open at its end, or stands within a value' }
  if (cells.length > UPLOAD_LIMITS.columnsMax) {
    return { line, problem: `it has more than ${UPLOAD_LIMITS.columnsMax} columns` }
  }
  return { line, cells: cells.map((cell) => cell.trim()) }
}

/** Undefined when the quotes are broken. */
function splitQuoted(content: string, separator: string): readonly string[] | undefined {
  try {
    const [cells = []] = parse(content, { delimiter: separator, relax_column_count: true, trim: true })
    return cells
  } catch {
    // The parser knows what is wrong; which byte it is does not help a person who sees the line.
    return undefined
  }
}
