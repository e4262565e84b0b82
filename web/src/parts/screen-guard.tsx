import { Component, type ReactNode } from 'react'
import { Failure } from './loaded.tsx'

type State = { readonly error: Error | undefined }

/** Keeps a screen that fails from taking the shell with it: the rest can still be reached. */
export class ScreenGuard extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: undefined }

  static getDerivedStateFromError(thrown: unknown): State {
    return { error: thrown instanceof Error ? thrown : new Error(String(thrown)) }
  }

  override render(): ReactNode {
    const { error } = this.state
    if (error === undefined) return this.props.children
    return <Failure error={error} onRetry={() => this.setState({ error: undefined })} />
  }
}
