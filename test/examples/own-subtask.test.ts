import { expect } from 'chai';
import { runExample } from './run-example.ts';

describe('examples/own-subtask', function () {
  this.timeout(30_000); // a process of its own, perhaps on a busy machine

  it('labels comments by rules and a look-up', async () => {
    expect(await runExample('own-subtask')).to.deep.equal([
      'ada fine',
      'mallory spam',
      'bob fine (reputation abstained)',
    ]);
  });
});
