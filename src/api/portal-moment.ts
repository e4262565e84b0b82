import { z } from 'zod'

/** A moment as ISO 8601 with its offset, or a UTC day, which is its first moment → Unix milliseconds. */
export const momentField = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()])
  .transform((text) => Date.parse(text))
