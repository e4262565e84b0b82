export async function countLoadedVisits(_d: string): Promise<number> {
  return 0
}
