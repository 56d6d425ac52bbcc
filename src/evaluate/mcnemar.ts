/**
 * McNemar's test, exact: how probable so uneven a split of the rows that only one of two models got right would be, if either were as
 * likely to be the one (two-sided binomial test with probability one half). Small numbers need no correction, large ones no
 * approximation.
 *
 * Source: Q. McNemar, Note on the sampling error of the difference between correlated proportions, Psychometrika 12, 1947.
 *
 * @param onlyFirst rows that only the first got right
 * @param onlySecond rows that only the second got right
 * @return the p-value, 0 to 1
 */
export function mcnemar(onlyFirst: number, onlySecond: number): number {
  const n = onlyFirst + onlySecond;
  const fewer = Math.min(onlyFirst, onlySecond);
  // Terms of the binomial distribution, as logarithms: 2^-n is 0 in doubles from 1,075 on.
  let log = -n * Math.LN2;
  const logs = [log];
  for (let k = 1; k <= fewer; k++) {
    log += Math.log((n - k + 1) / k);
    logs.push(log);
  }
  const tail = logs.reduce((sum, term) => sum + Math.exp(term - log), 0) * Math.exp(log); // `log` is the largest
  return Math.min(1, 2 * tail);
}
