import { Observable, type OperatorFunction, Subject } from 'rxjs';
import type { Document } from '../src/document/document.ts';
import { extend } from '../src/document/extend.ts';
import { InOrder } from '../src/document/in-order.ts';
import { invalidDocument, mapDocuments } from '../src/document/map-documents.ts';
import { withReceiptAround } from '../src/document/receipt.ts';
import { describe, invalidArgument, LockstepError } from '../src/errors.ts';
import { StageSubscriber } from '../src/rx/stage-subscriber.ts';

/** Options of {@link route}. */
export interface RouteOptions {
  /**
   * Whether documents leave in the order in which they came, whichever way they take: one that is slow holds those behind it up. False lets
   * the ways overtake each other. @default true
   */
  readonly ordered?: boolean | undefined;
}

/** A pipeline for some of the documents. */
type Way<D, R> = OperatorFunction<D, R>;

/**
 * Sends each document through one of several pipelines, and joins what comes out, in order.
 *
 * Each pipeline is subscribed to when its first document comes, and once. Receipts go with the documents, so credit, acknowledgement and
 * dead letters work as in a single pipeline: one that a pipeline drops (`filterDocuments`) or rejects holds nobody up. A document for
 * which `by` throws, or names no route, is a dead letter; so name one for the rest, if need be `(documents) => documents`. A stage must
 * keep the fields of a document, as those of this library do.
 *
 * ```text
 * source                                  -a--B--c--|      capitals take 4 frames, the others none
 * route(isCapital, { yes, no })           -a------(Bc)|
 * route(…, { ordered: false })            -a-----cB|
 * ```
 *
 * @example
 * ```ts
 * const [zh, en] = await Promise.all([loadEnsemble(shippedModel('zh-topics')), loadEnsemble(shippedModel('en-news'))]);
 * documents$.pipe(
 *   route(({ text }) => scriptOf(text), { han: classify(zh), latin: classify(en) }),
 *   acknowledge(),
 * );
 * ```
 *
 * @param by the name of the route for a document
 * @param routes the pipelines, by name
 * @return what the pipelines emit
 * @throws LockstepError `INVALID_ARGUMENT` if `by` or a route is not a function, or there is no route
 */
export function route<D extends Document, R extends Document>(
  by: (document: D) => string,
  routes: Readonly<Record<string, OperatorFunction<D, R>>>,
  { ordered = true }: RouteOptions = {},
): OperatorFunction<D, R> {
  if (typeof by !== 'function') throw invalidArgument('by', 'a function', by);
  const ways = new Map<string, Way<D, R>>(typeof routes === 'object' && routes !== null ? Object.entries(routes) : []);
  if (ways.size === 0) throw invalidArgument('routes', 'an object with a pipeline for each route', routes);
  for (const [name, way] of ways)
    if (typeof way !== 'function') throw invalidArgument(`routes.${name}`, 'an operator', way);
  return (source) =>
    new Observable((subscriber) => {
      const place = Symbol('place');
      const inOrder = new InOrder<R>((document) => subscriber.next(document));
      const open = new Map<Way<D, R>, Subject<D>>();
      const ended = new Set<Way<D, R>>();
      let completed = false;
      const endWhenDone = (): void => {
        if (!completed || ended.size < open.size) return;
        inOrder.flush();
        subscriber.complete();
      };
      const begin = (way: Way<D, R>): Subject<D> => {
        const input = new Subject<D>();
        open.set(way, input);
        const output = new StageSubscriber<R, R>(subscriber, {
          next: (document) => (ordered ? inOrder.put(placeOf(document, place), document) : subscriber.next(document)),
          complete: () => {
            ended.add(way);
            endWhenDone();
          },
        });
        way(input).subscribe(output);
        return input;
      };
      const placed = mapDocuments('route', (document: D) => {
        const way = wayOf(by(document), ways);
        if (ended.has(way)) throw new Error('its route has completed');
        return { way, document: ordered ? withPlace(document, place, inOrder) : document };
      });
      source.pipe(placed).subscribe(
        new StageSubscriber<{ way: Way<D, R>; document: D }, R>(subscriber, {
          next: ({ way, document }) => (open.get(way) ?? begin(way)).next(document),
          complete: () => {
            completed = true;
            for (const input of open.values()) input.complete();
            endWhenDone();
          },
        }),
      );
    });
}

function wayOf<T>(name: string, ways: ReadonlyMap<string, T>): T {
  const way = ways.get(name);
  if (way) return way;
  const expected = `Expected \`by\` to name one of [${[...ways.keys()].join(', ')}]`;
  throw new LockstepError('INVALID_DOCUMENT', `${expected}, got ${describe(name)}`);
}

/** The document with a place, which is released when the document is settled. */
function withPlace<D extends Document, R>(document: D, key: symbol, inOrder: InOrder<R>): D {
  const place = inOrder.place();
  return withReceiptAround(extend(document, { [key]: place }), () => inOrder.release(place));
}

function placeOf(document: Document, key: symbol): number {
  const place: unknown = Reflect.get(document, key);
  if (typeof place === 'number') return place;
  throw invalidDocument('its place: a stage must keep the fields of a document', document);
}
