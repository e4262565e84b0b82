/** Words of the frame around every screen: what it tells, its palette, its shortcuts, its menu. */
export const shellTexts = {
  undo: {
    do: 'Undo',
    /** Said by a screen reader, and shown as the button's hint. */
    hint: 'Undo (Ctrl Z)',
    undone: 'Undone',
    failed: 'It could not be undone',
    dismiss: 'Dismiss',
  },
} as const
