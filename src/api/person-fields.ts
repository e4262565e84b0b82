import { z } from 'zod'
import { PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN } from './auth-settings.ts'
import { nameField } from './fields.ts'
import { Problem } from './problem.ts'

/** What makes an account; the password is an initial one when somebody else chose it. */
export const personFields = {
  email: z.email().max(254),
  name: nameField,
  password: z.string().min(PASSWORD_CHARS_MIN).max(PASSWORD_CHARS_MAX),
}

/** Whose account it is, and at which workspace, is not told. */
export function emailTaken(): Problem {
  const detail = 'This e-mail address can not be used: it has an account already, or had one a moment ago.'
  return new Problem(409, 'email_taken', detail)
}
