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
  list: {
    search: (title: string) => `Search ${title.toLowerCase()} by name`,
    searchHint: 'Search by name',
    archived: 'Archived',
    showArchived: 'Show archived',
    noneArchived: 'Nothing is archived',
    noneArchivedText: 'What you archive keeps its history, leaves every list, and can be restored here.',
    nothingFound: 'No name contains what you typed.',
    actions: 'Actions',
    restore: 'Restore',
    restoreWhat: (name: string) => `Restore ${name}`,
    restored: (name: string) => `“${name}” is in use again`,
    notRestored: (name: string) => `“${name}” could not be restored`,
    didArchive: (name: string) => `“${name}” is archived`,
    isArchived: 'This is archived',
    isArchivedText: 'It keeps its history and can not be used until you restore it.',
  },
  leave: {
    title: 'Leave without saving?',
    text: 'You have changed something here that is not saved yet.',
    stay: 'Stay here',
    leave: 'Leave without saving',
  },
} as const
