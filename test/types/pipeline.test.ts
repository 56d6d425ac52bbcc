import { expectTypeOf } from 'expect-type';
import { EMPTY, type Observable } from 'rxjs';
import {
  acknowledge,
  admit,
  type Ballot,
  Clock,
  classify,
  deadLetter,
  type Ensemble,
  encode,
  fanOut,
  filterDocuments,
  type Issue,
  onLane,
  type Token,
  tokenize,
  type Verdict,
  Vocabulary,
  vote,
  words,
  zipLanes,
} from '../../operators/index.ts';

interface Mine {
  readonly text: string;
  readonly url: URL;
}
type Emitted<O> = O extends Observable<infer D> ? D : never;

const mine: Observable<Mine> = EMPTY;
const ensemble: Ensemble = {
  name: 'none',
  labels: [],
  displayNames: {},
  tokenizer: words(),
  tokenizerConfig: { kind: 'words' },
  vocabulary: new Vocabulary([]),
  subtasks: [{ name: 'x', labels: ['x'], score: () => [] }],
  weights: {},
  bias: {},
  backend: 'none',
  close: () => Promise.resolve(),
};

describe('types', () => {
  it('each operator adds its field and keeps the others', () => {
    const tokenized = mine.pipe(tokenize(ensemble.tokenizer));
    expectTypeOf<Emitted<typeof tokenized>>().toHaveProperty('url').toEqualTypeOf<URL>();
    expectTypeOf<Emitted<typeof tokenized>>().toHaveProperty('tokens').toEqualTypeOf<readonly Token[]>();

    const encoded = tokenized.pipe(encode(ensemble.vocabulary));
    expectTypeOf<Emitted<typeof encoded>>().toHaveProperty('tokens');
    expectTypeOf<Emitted<typeof encoded>>().toHaveProperty('ids').toEqualTypeOf<Int32Array>();
    expectTypeOf<Emitted<typeof encoded>>().toHaveProperty('unknown').toEqualTypeOf<number>();

    const issues = encoded.pipe(
      fanOut(ensemble.subtasks, { clock: new Clock({ period: 5 }) }),
      onLane('x', (lane) => lane),
    );
    expectTypeOf<Emitted<typeof issues>>().toExtend<Issue<Mine>>();

    const balloted = issues.pipe(zipLanes());
    expectTypeOf<Emitted<typeof balloted>>().toHaveProperty('ballot').toEqualTypeOf<Ballot>();
    expectTypeOf<Emitted<typeof balloted>>().toHaveProperty('url').toEqualTypeOf<URL>();

    const labelled = balloted.pipe(vote());
    expectTypeOf<Emitted<typeof labelled>>().toHaveProperty('verdict').toEqualTypeOf<Verdict>();
  });

  it('classify adds all of them, and the ends of a chain keep them', () => {
    const labelled = mine.pipe(
      deadLetter(() => undefined),
      admit(),
      classify(ensemble),
      filterDocuments(({ verdict, url }) => verdict.label === url.host),
      acknowledge(),
    );
    type Labelled = Emitted<typeof labelled>;
    expectTypeOf<Labelled>().toHaveProperty('url').toEqualTypeOf<URL>();
    expectTypeOf<Labelled>().toHaveProperty('tokens');
    expectTypeOf<Labelled>().toHaveProperty('ids');
    expectTypeOf<Labelled>().toHaveProperty('ballot');
    expectTypeOf<Labelled>().toHaveProperty('verdict').toEqualTypeOf<Verdict>();
  });

  it('a type guard narrows the stream', () => {
    const dated = mine.pipe(filterDocuments((document): document is Mine & { date: Date } => 'date' in document));
    expectTypeOf<Emitted<typeof dated>>().toEqualTypeOf<Mine & { date: Date }>();
  });
});
