export function VisitStory() {
  return null
}
