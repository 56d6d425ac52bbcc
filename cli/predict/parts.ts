/** Cuts what comes in pieces of any size into parts of `size`, the last one of what is left. */
export async function* inParts<T>(pieces: AsyncIterable<readonly T[]>, size: number): AsyncGenerator<T[]> {
  let part: T[] = [];
  for await (const piece of pieces)
    for (const item of piece) {
      part.push(item);
      if (part.length < size) continue;
      yield part;
      part = [];
    }
  if (part.length > 0) yield part;
}

/** What `work` makes of each item, in order. It begins with the next one before it waits for the last: a stage ahead of the reader. */
export async function* oneAhead<T, R>(
  items: AsyncIterable<T>,
  work: (item: T) => Promise<R>,
): AsyncGenerator<Awaited<R>> {
  let last: Promise<R> | undefined;
  for await (const item of items) {
    const next = work(item);
    next.catch(() => {}); // if the one before fails, nobody will wait for it
    if (last) yield await last;
    last = next;
  }
  if (last) yield await last;
}
