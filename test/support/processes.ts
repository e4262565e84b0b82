import { readdirSync, readFileSync } from 'node:fs'

/** Pid of the child of `parent` that runs the given `trailpost` arguments, e.g. 'core' or 'edge --id 0' (Linux). */
export function childPid(parent: number, command: string): number {
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const pid = Number(entry)
    if (parentOf(pid) === parent && commandOf(pid).endsWith(command)) return pid
  }
  throw new Error(`process ${parent} has no child that runs "${command}"`)
}

/** Waits until the supervisor has started the child again under another pid. */
export async function restartedPid(parent: number, command: string, before: number): Promise<number> {
  for (;;) {
    try {
      const pid = childPid(parent, command)
      if (pid !== before) return pid
    } catch {
      // Between the end of one and the start of the next there is none.
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function parentOf(pid: number): number {
  try {
    return Number(
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')[1],
    )
  } catch {
    return 0
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean).join(' ')
  } catch {
    return ''
  }
}
