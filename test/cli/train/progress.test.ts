import { expect } from 'chai';
import { TrainingProgress } from '../../../cli/train/progress.ts';
import { testConsole } from '../test-console.ts';

const run = { run: 2, runs: 6 };
const step = {
  ...run,
  stage: 'networks',
  epoch: 2,
  step: 4,
  steps: 4,
  epochs: 8,
  done: 0.25,
  loss: 0.5,
  accuracy: 0.875,
} as const;

describe('TrainingProgress', () => {
  it('writes a line an epoch where there is no terminal', () => {
    const console = testConsole();
    const progress = new TrainingProgress(console);
    progress.update({ ...run, stage: 'n-grams', done: 0.5 });
    progress.update({ run: 1, runs: 1, stage: 'n-grams', done: 1 });
    progress.update({ ...step, accuracy: undefined });
    progress.update(step);
    progress.stop();
    expect(console.err()).to.equal(
      'lockstep: n-grams 100 %\nlockstep: part 2/6  epoch 2/8  loss 0.5000  accuracy 87.5 %\n',
    );
  });

  it('draws a bar with the remaining time on a terminal, and clears it', () => {
    const console = testConsole({ terminal: true, columns: 120 });
    let now = 1000;
    const progress = new TrainingProgress(console, () => now);
    progress.draw();
    progress.update({ ...step, done: 0, accuracy: undefined });
    now += 61_000;
    progress.update(step);
    progress.draw();
    progress.stop();
    const [reading, drawn, cleared] = console.err().split('\r').slice(1);
    expect(reading).to.include('reading');
    expect(drawn).to.include(
      `${'█'.repeat(6)}${'░'.repeat(18)} 25 %  part 2/6  epoch 2/8  loss 0.5000  accuracy 87.5 %  3 min 3 s left`,
    );
    expect(cleared).to.equal('\u001B[K');
  });
});
