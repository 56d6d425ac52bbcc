// Draws which batch was where on which cycle: in the terminal, and as SVG if a file is named.
//
//   node --import tsx examples/timeline.ts timeline.svg
import { writeFile } from 'node:fs/promises';
import { acknowledge, Clock, classify, fromLines, loadEnsemble, shippedModel, Timeline } from 'rx-lockstep';

const [svg] = process.argv.slice(2);
const headlines = new URL('data/headlines.zh.txt', import.meta.url);
const news = await loadEnsemble(shippedModel('zh-topics'));
const clock = new Clock({ period: 20 });
const timeline = new Timeline({ limit: 6 }); // the last batches: the first ones wait for the models to warm up

await fromLines(headlines)
  .pipe(classify(news, { clock, maxBatch: 16, observe: timeline.record }), acknowledge())
  .forEach(() => {});
await news.close();

console.log(timeline.toText({ color: process.stdout.isTTY, width: process.stdout.columns ?? 100 }));
if (svg !== undefined) await writeFile(svg, timeline.toSvg());
