// Labels three headlines with a shipped model.
//
//   node --import tsx examples/quick-start.ts

import { classify, loadEnsemble, shippedModel } from 'rx-lockstep';
import { from } from 'rxjs';

const news = await loadEnsemble(shippedModel('zh-topics'));
const headlines = ['央行宣布下调存款准备金率', '新款手机搭载自研芯片', '敦煌壁画在故宫展出'];

await from(headlines.map((text) => ({ text })))
  .pipe(classify(news))
  .forEach(({ text, verdict }) => {
    console.log(verdict.label, verdict.confidence.toFixed(2), text);
  });
await news.close();
