import { ApiProblem } from './api.ts'

/** The sign-in library names no field; these of its codes belong to one, with words that say what to do. */
export function retell(told: Readonly<Record<string, readonly [field: string, message: string]>>) {
  return (error: unknown): never => {
    const known = error instanceof ApiProblem ? told[error.code] : undefined
    if (known === undefined || !(error instanceof ApiProblem)) throw error
    error.fields = Object.fromEntries([known])
    throw error
  }
}
