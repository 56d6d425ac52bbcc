/**
 * The area under the ROC curve: how often a positive row is scored above a negative one, ties counted half. Undefined
 * unless there are rows of both kinds.
 */
export function aucOf(isPositive: readonly boolean[], scores: ArrayLike<number>): number | undefined {
  const order = Array.from(isPositive.keys()).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  let rankSum = 0;
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && scores[order[end] ?? 0] === scores[order[start] ?? 0]) end++;
    const rank = (start + 1 + end) / 2; // the mean of the ranks from start + 1 to end
    for (const row of order.slice(start, end)) if (isPositive[row]) rankSum += rank;
    start = end;
  }
  const positives = isPositive.filter(Boolean).length;
  const negatives = isPositive.length - positives;
  if (positives === 0 || negatives === 0) return undefined;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
