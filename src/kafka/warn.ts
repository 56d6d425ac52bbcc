import type { KafkaObserver } from './events.ts';

/** What is told to those who do not observe: only what must not go unnoticed, as warnings of the process. */
export const warn: KafkaObserver = (event) => {
  switch (event.type) {
    case 'overdue': {
      const { topic, partition, offset, age } = event;
      const what = `The document at ${topic}/${partition}/${offset} was emitted ${seconds(age)} ago and is not settled`;
      emit(`${what}, so nothing after it can be committed; does the chain end in a sink or acknowledge()?`, 'OVERDUE');
      break;
    }
    case 'silence':
      emit(`Nothing was heard from Kafka for ${seconds(event.milliseconds)}`, 'SILENCE');
      break;
    case 'crash':
      if (event.retryIn !== undefined)
        emit(
          `The Kafka consumer ended: ${messageOf(event.error)}; it is rebuilt in ${seconds(event.retryIn)}`,
          'CRASH',
        );
      break;
    case 'commit-failed':
      if (!event.superseded) emit(`Offsets could not be committed: ${messageOf(event.error)}`, 'COMMIT_FAILED');
      break;
    case 'send-failed':
      emit(
        `Records for ${event.topic} could not be sent: ${messageOf(event.error)}; they are tried again in ${event.retryIn} ms`,
        'SEND_FAILED',
      );
      break;
    case 'transaction-failed': {
      const { topic, partition, error, fenced } = event;
      if (!fenced) emit(`A transaction for ${topic}/${partition} failed: ${messageOf(error)}`, 'TRANSACTION_FAILED');
      break;
    }
    case 'stop':
      if (event.unsettled > 0) emit(`Documents that were not settled, and come again: ${event.unsettled}`, 'UNSETTLED');
      break;
    default:
  }
};

function emit(message: string, code: string): void {
  process.emitWarning(message, { type: 'LockstepWarning', code: `LOCKSTEP_${code}` });
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 1000)} s`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
