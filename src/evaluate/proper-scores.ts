import type { Forecast } from '../integrate/temperature.ts';

const LEAST = 1e-15;

/**
 * The mean of −log(probability of the true label), in nats: 0 for one who is always sure and right; never infinite, for no
 * probability is taken for less than 1e-15. Lower is better, and it is lowest for the true probabilities. 0 without rows.
 */
export function logLossOf({ truth, probabilities, labels }: Forecast): number {
  let loss = 0;
  for (let row = 0; row < truth.length; row++)
    loss -= Math.log(Math.max(probabilities[row * labels + (truth[row] ?? 0)] ?? 0, LEAST));
  return loss / Math.max(truth.length, 1);
}

/**
 * The Brier score: the mean squared distance from the probabilities to the truth (1 for the true label, 0 for the others),
 * summed over the labels, 0 to 2. Lower is better, and it is lowest for the true probabilities. 0 without rows.
 *
 * Source: G. W. Brier, Verification of forecasts expressed in terms of probability, Monthly Weather Review 78, 1950.
 */
export function brierOf({ truth, probabilities, labels }: Forecast): number {
  let sum = 0;
  for (let row = 0; row < truth.length; row++)
    for (let label = 0; label < labels; label++)
      sum += ((probabilities[row * labels + label] ?? 0) - (truth[row] === label ? 1 : 0)) ** 2;
  return sum / Math.max(truth.length, 1);
}
