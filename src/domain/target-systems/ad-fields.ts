import { findEventNamesProblem } from './event-names.ts'
import type { SystemField } from './target-system.ts'

/** An id by which an advertising system knows an account of its user, or something in one. */
export function digitsField(name: string, label: string, help: string): SystemField {
  return { name, label, help, isRequired: true, pattern: '\\d{1,20}', choices: [] }
}

/** A credential that an advertising system has given out: a line of ASCII without spaces. */
export function credentialField(name: string, label: string, help: string): SystemField {
  return { name, label, help, isRequired: true, pattern: '[\\x21-\\x7e]{8,4000}', choices: [] }
}

/**
 * What the system calls each event of ours (see eventNameFor).
 * @param help by example, and what becomes of events that the setting does not name.
 * @param allowed what the system's own names look like.
 */
export function eventNamesField(help: string, allowed: RegExp): SystemField {
  return {
    name: 'eventNames',
    label: 'Names of events',
    help,
    isRequired: false,
    pattern: '',
    choices: [],
    findProblem: (value) => findEventNamesProblem(value, allowed),
  }
}
