import { expect } from 'chai';
import { runExplain } from '../../../cli/explain/run.ts';
import { explain } from '../../../src/explain/explain.ts';
import { subtask } from '../../../src/subtasks/subtask.ts';
import { fakeModel, fakeModels } from '../fake-model.ts';
import { testConsole } from '../test-console.ts';

describe('lockstep explain', () => {
  it('shows the verdict, the text, the lanes and the pieces', async () => {
    const console = testConsole();
    const { load, closed } = fakeModels();
    expect(await runExplain({ text: 'the oil cup', model: 'en-news' }, console, load)).to.equal(0);
    expect(console.out().split('\n')).to.deep.equal([
      'en-news: sports 50.0 %, 0.00 in log-odds ahead of business',
      '',
      'the [-oil] [+cup]',
      '',
      '  lane      says             share  moved most by',
      '  sports    sports 90.0 %    +2.20  cup +4.39',
      '  business  business 90.0 %  −2.20  oil −4.39',
      '',
      '   −4.39  ████████████████████  oil',
      '   +4.39  ████████████████████  cup',
      '',
    ]);
    expect(closed).to.deep.equal(['en-news']);
  });

  it('names the bias where there is one, and says of lanes that they abstain', async () => {
    const model = fakeModel('en-mine', { sports: 'cup', business: 'oil' });
    const silent = subtask('sports', ['sports'], (documents) => documents.map(() => Number.NaN));
    const console = testConsole();
    await runExplain({ text: 'x', model: 'en-mine' }, console, async () => ({
      ...model,
      subtasks: [silent, ...model.subtasks.slice(1)],
      bias: { sports: 1 },
    }));
    expect(console.out())
      .to.match(/^ {2}sports {4}abstains/m)
      .and.match(/^ {2}\(bias\) +\+1\.00$/m);
  });

  it('takes the model for the script, and refuses a script without', async () => {
    const models = fakeModels();
    await runExplain({ text: '科技' }, testConsole(), models.load);
    await runExplain({ text: 'oil' }, testConsole(), models.load);
    expect(models.loaded).to.deep.equal(['zh-topics', 'en-news']);
    expect(models.closed).to.deep.equal(models.loaded);
    const error = await runExplain({ text: '123' }, testConsole(), models.load).catch((failure) => failure);
    expect(error).to.include({ code: 'INVALID_DOCUMENT' });
  });

  it('writes JSON', async () => {
    const console = testConsole();
    await runExplain({ text: 'oil', model: 'en-news', format: 'json' }, console, fakeModels().load);
    const expected = await explain(fakeModel('en-news', { sports: 'cup', business: 'oil' }), 'oil');
    expect(JSON.parse(console.out())).to.deep.equal({ model: 'en-news', ...JSON.parse(JSON.stringify(expected)) });
  });

  it('colours a terminal', async () => {
    const console = testConsole({ terminal: true, env: { TERM: 'xterm' } });
    await runExplain({ text: 'oil', model: 'en-news' }, console, fakeModels().load);
    expect(console.out()).to.include('\u001B[42moil\u001B[0m');
  });
});
