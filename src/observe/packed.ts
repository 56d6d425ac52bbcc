/** Entries in lines, as many on each as fit its width with a gap between them; one that is too wide has a line of its own. */
export function packed<T extends { readonly width: number }>(entries: readonly T[], width: number, gap: number): T[][] {
  const lines: T[][] = [];
  let used = 0;
  for (const entry of entries) {
    const line = lines.at(-1);
    if (line && used + gap + entry.width <= width) {
      line.push(entry);
      used += gap + entry.width;
    } else {
      lines.push([entry]);
      used = entry.width;
    }
  }
  return lines;
}
