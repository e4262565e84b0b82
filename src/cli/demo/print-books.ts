/** For people: a table whose first column is a name, what went wrong, and one line that says whether everybody agrees. */
export function printBooks(
  heads: readonly string[],
  lines: readonly (readonly string[])[],
  verdict: { readonly remarks: readonly string[]; readonly agree: boolean },
): void {
  const widths = heads.map((head, i) => Math.max(head.length, ...lines.map((line) => line[i]?.length ?? 0)))
  const format = (cells: readonly string[]) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')
  console.log([format(heads), ...lines.map(format)].join('\n'))
  for (const remark of verdict.remarks) console.log(`  ! ${remark}`)
  console.log(verdict.agree ? '\nAll books agree.' : '\nThe books do not agree.')
}
