import { expect } from 'chai';
import fc from 'fast-check';
import { Fifo } from '../../src/rx/fifo.ts';

describe('Fifo', () => {
  it('is empty at first', () => {
    const fifo = new Fifo<number>();
    expect([fifo.length, fifo.first, fifo.take(3), fifo.takeLast()]).to.deep.equal([0, undefined, [], []]);
  });

  it('does what an array does', () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.constant('push' as const) },
      fc.nat({ max: 5 }),
      fc.constant('take last' as const),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const fifo = new Fifo<number>();
        let model: number[] = [];
        for (const [number, step] of steps.entries()) {
          if (step === 'push') {
            fifo.push(number);
            model.push(number);
          } else if (step === 'take last') {
            expect(fifo.takeLast()).to.deep.equal(model.slice(-1));
            model = model.slice(0, -1);
          } else {
            expect(fifo.take(step)).to.deep.equal(model.slice(0, step));
            model = model.slice(step);
          }
          expect(fifo.length).to.equal(model.length);
          expect(fifo.first).to.equal(model[0]);
        }
      }),
    );
  });
});
