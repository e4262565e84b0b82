import { findEventNamesProblem } from './event-names.ts'
import type { SystemField } from './target-system.ts'

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
