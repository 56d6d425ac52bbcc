import { checkCount, invalidArgument } from '../errors.ts';
import type { KafkaProducer } from './client.ts';
import type { Outlet, OutletOptions, OutletSource } from './outlet.ts';
import { ProducerOutlet } from './producer-outlet.ts';

/** What a sink was told; the rest it knows. */
export interface OutletOpenerOptions extends Omit<OutletOptions, 'acks' | 'compression'> {
  /** @default -1 */
  readonly acks?: number | undefined;
  /** @default 0 */
  readonly compression?: number | undefined;
}

/**
 * Checks what a sink was given to send with, and how.
 *
 * @returns a function that opens an outlet, which whoever opens it closes
 */
export function outletOpener(
  target: KafkaProducer | OutletSource,
  { acks = -1, compression = 0, maxBatch, maxSends, onClose, scheduler, observe }: OutletOpenerOptions,
): () => Outlet {
  if (acks !== -1 && acks !== 0 && acks !== 1) throw invalidArgument('acks', '-1, 0 or 1', acks);
  checkCount('compression', compression, { min: 0 });
  const options = { acks, compression, maxBatch, maxSends, onClose, scheduler, observe };
  if (typeof target === 'object' && target !== null) {
    if ('openOutlet' in target && typeof target.openOutlet === 'function') return () => target.openOutlet(options);
    if ('sendBatch' in target && typeof target.sendBatch === 'function')
      return () => new ProducerOutlet(target, options);
  }
  throw invalidArgument('target', 'a Kafka producer, or what exactlyOnce() gave', target);
}
