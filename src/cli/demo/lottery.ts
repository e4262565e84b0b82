import { createHash } from 'node:crypto'

/** 0..99, the same for the same click id and question. */
export function lottery(clickId: string, question: string): number {
  return createHash('sha256').update(`${question}:${clickId}`).digest().readUInt32BE(0) % 100
}
