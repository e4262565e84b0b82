/**
 * Origins of the dashboard's own pages: where it is configured to be, and both names of this machine at the
 * port it listens on.
 */
export function dashboardOrigins(dashboardUrl: string, port: number): readonly string[] {
  const own = [new URL(dashboardUrl).origin, `http://localhost:${port}`, `http://127.0.0.1:${port}`]
  return [...new Set(own)]
}
