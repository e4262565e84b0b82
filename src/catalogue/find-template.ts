/** Templates whose key, name or family contains every word of the text, by name; all of them for no text. */
export function findTemplates<
  Template extends { readonly key: string; readonly name: string; readonly family: string },
>(templates: ReadonlyMap<string, Template>, text: string): readonly Template[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  return [...templates.values()]
    .filter(({ key, name, family }) => {
      const searched = `${key} ${name} ${family}`.toLowerCase()
      return words.every((word) => searched.includes(word))
    })
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { sensitivity: 'base' }))
}
