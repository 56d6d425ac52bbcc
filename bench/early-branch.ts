import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { fitEarlyBranch, loadEnsemble, readRows, shippedModel } from '../src/ensemble/index.ts';
import { type Figure, report } from './report.ts';

const DATA = pathToFileURL(`${process.env.LOCKSTEP_DATA ?? '../shared/data'}/`);
const SETS = [
  { model: 'zh-topics', file: 'tnews15/dev.tsv' },
  { model: 'zh-news10', file: 'thucnews10/dev.tsv' },
  { model: 'en-news', file: 'agnews4/dev.tsv' },
] as const;
const SHOWN = [0.25, 0.5, 0.75, 0.9, 1];

/**
 * What early branches would bring on the dev rows: how many documents need no costly lane, against accuracy. The margins are found on the
 * same rows, so this is a picture of the trade, not a promise.
 */
export async function earlyBranch(): Promise<void> {
  const figures: Figure[] = [];
  for (const { model, file } of SETS) {
    const url = [new URL(file, DATA), new URL(`${file}.gz`, DATA)].find((candidate) => existsSync(candidate));
    if (!url) {
      console.log(`${model}: no ${file} in ${DATA.href}`);
      continue;
    }
    const ensemble = await loadEnsemble(shippedModel(model));
    const { rows } = await readRows(url, { labels: ensemble.labels });
    const known = rows.filter(({ label }) => ensemble.labels.includes(label));
    const { margin, skipped, curve } = await fitEarlyBranch(ensemble, known);
    figures.push({
      what: `${model}: skipped at no loss, margin ${margin.toFixed(2)}`,
      value: 100 * skipped,
      unit: '%',
    });
    for (const share of [0, ...SHOWN]) {
      const point = curve.find((each) => each.skipped >= share);
      if (point)
        figures.push({
          what: `${model}: accuracy, ${Math.round(100 * point.skipped)} % skipped, margin ${point.margin.toFixed(2)}`,
          value: 100 * point.accuracy,
          unit: '%',
        });
    }
    await ensemble.close();
  }
  if (figures.length > 0)
    report('early-branch', 'lanes over n-grams first, networks about the rest; dev rows', figures);
}
