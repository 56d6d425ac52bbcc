// What `lockstep classify` does until its first verdict, step by step, in the built package; prints milliseconds as JSON.
//
//     node startup-stages.mjs MODEL TEXT
//
// startup.ts runs it, each time as a process of its own.
const built = new URL('../dist/', import.meta.url);
const [model, text] = process.argv.slice(2);
const steps = {};
let last = 0;
/** What was done since the last mark; the first one counts from the start of the process. */
function mark(step) {
  const now = performance.now();
  steps[step] = now - last;
  last = now;
}
const of = (module) => import(new URL(module, built).href);

mark('node itself');
await of('cli/main.js');
mark('import of the command line');
await of('cli/classify/run.js');
mark('import of classify and its operators');
await of('src/ensemble/load.js');
mark('import of models');
const [{ readEnsemble }, { shippedModel }, { tokenizerFrom }, { ModelThread }, { subtasksOf }, { lanesOfModel }] =
  await Promise.all(
    [
      'ensemble/load',
      'ensemble/shipped',
      'language/tokenizers',
      'subtasks/model-thread',
      'subtasks/subtasks-of',
      'ensemble/model',
    ].map((module) => of(`src/${module}.js`)),
  );
last = performance.now();
const ensemble = await readEnsemble(shippedModel(model));
mark('reading the ensemble');
const tokenizer = await tokenizerFrom(ensemble.tokenizer);
mark('tokenizer');
const { network: config, weights, ngrams, vocabulary, vote } = ensemble;
const models = await ModelThread.start({ config, weights, ngrams });
mark('starting the thread, with all it compiles');
const [{ classify }, { from, lastValueFrom }] = await Promise.all([of('operators/classify.js'), import('rxjs')]);
last = performance.now();
const subtasks = subtasksOf(lanesOfModel(ensemble), models);
await lastValueFrom(from([{ text }]).pipe(classify({ tokenizer, vocabulary, subtasks, ...vote })));
mark('first verdict');
await models.close();
last = performance.now();

// What the thread did, once more here.
const { CompiledNetwork } = await of('src/compiled/compiled-network.js');
const { NgramScorer } = await of('src/subtasks/ngrams/ngram-scorer.js');
const { groupsOf } = await of('src/subtasks/ngrams/ngram-table.js');
last = performance.now();
if (config.lanes.length > 0) new CompiledNetwork(config, weights);
mark('of the thread: compiling networks');
for (const lanes of groupsOf(ngrams)) new NgramScorer(lanes);
mark('of the thread: tables of n-grams');
structuredClone({ config, weights, ngrams });
mark('of the thread: copying the weights to it, about');
console.log(JSON.stringify(steps));
