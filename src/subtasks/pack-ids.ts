/** Ids of a batch as one matrix, row-major, a row a document. */
export interface PackedIds {
  readonly data: Int32Array;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Packs the ids of documents into one matrix. Documents are cut after `maxLength` tokens and padded with 0 at the end to
 * the longest of the batch, but at least to `minLength` (the widest filter of the network that will read them). With a
 * `maxLength` of 2, ids 5 6 7 and 8 become 5 6 and 8 0.
 */
export function packIds(
  documents: readonly { readonly ids: Int32Array }[],
  maxLength: number,
  minLength: number,
): PackedIds {
  let columns = Math.max(minLength, 1);
  for (const { ids } of documents) columns = Math.max(columns, Math.min(ids.length, maxLength));
  const rows = documents.length;
  const data = new Int32Array(rows * columns); // zeros: padding
  for (const [row, { ids }] of documents.entries())
    data.set(ids.length > maxLength ? ids.subarray(0, maxLength) : ids, row * columns);
  return { data, rows, columns };
}
