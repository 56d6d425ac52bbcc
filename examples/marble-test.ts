// A marble test of a pipeline of yours, with models in it: in virtual time, so it takes no time and is exact to the frame.
//
//   node --import tsx examples/marble-test.ts
import { deepStrictEqual } from 'node:assert/strict';
import {
  acknowledge,
  type Classified,
  type Classifier,
  type Clock,
  classify,
  type Document,
  deadLetter,
  filterDocuments,
} from 'rx-lockstep';
import { virtually } from 'rx-lockstep/testing';
import type { Observable } from 'rxjs';

/** The pipeline under test: lets through what is surely about technology. */
function technology(
  documents: Observable<Document>,
  classifier: Classifier,
  { clock, onDeadLetter }: { readonly clock: Clock; readonly onDeadLetter: (document: Document) => void },
): Observable<Document & Classified> {
  return documents.pipe(
    deadLetter(({ document }) => onDeadLetter(document)),
    classify(classifier, { clock, quorum: 2, deadline: 2 }),
    filterDocuments(({ verdict }) => verdict.label === 'tech' && verdict.confidence > 0.8),
    acknowledge(),
  );
}

test('lets through what is about technology, on the edge after the lanes have answered', () => {
  virtually(({ hot, clock, lanes, expectDocuments, expectSettled }) => {
    const documents = hot('     -a-b----c----|'); //            edges at 5, 10 and 15
    const classifier = lanes({
      tech: ['-', { a: 0.9, b: 0.1, c: 0.9 }], //               answers after 1 frame
      finance: ['---', { a: 0.1, b: 0.9, c: 0.1 }], //          after 3
    });
    const result = technology(documents, classifier, { clock: clock(5), onDeadLetter: unexpected });
    expectDocuments(result).toBe('----------a----(c|)', { a: 'tech', c: 'tech' });
    expectSettled();
  });
});

test('does not wait for a lane that hangs, as long as two others answer', () => {
  virtually(({ hot, clock, lanes, expectDocuments, expectAcknowledged }) => {
    const documents = hot('     -a----------------|');
    const classifier = lanes({ tech: '9', finance: '-0', culture: '---' }); // the third never answers
    const result = technology(documents, classifier, { clock: clock(5), onDeadLetter: unexpected });
    expectDocuments(result).toBe('---------------a--|', { a: 'tech' }); // issued at 5, two cycles before
    expectAcknowledged('a');
  });
});

test('gives up a document about which too few lanes have an opinion', () => {
  const givenUp: string[] = [];
  virtually(({ hot, clock, lanes, expectDocuments, expectSettled }) => {
    const documents = hot('     -a-----------|');
    const classifier = lanes({ tech: '9', finance: '#' }); //   the second fails
    const onDeadLetter = ({ text }: Document) => {
      givenUp.push(text);
    };
    expectDocuments(technology(documents, classifier, { clock: clock(5), onDeadLetter })).toBe('-------------|');
    expectSettled();
  });
  deepStrictEqual(givenUp, ['a']);
});

/** Stands for the test runner of your choice. */
function test(name: string, body: () => void): void {
  body();
  console.log('passed:', name);
}

function unexpected({ text }: Document): void {
  throw new Error(`${text} should not be a dead letter`);
}
