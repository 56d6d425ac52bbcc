/** What a client of Kafka says went wrong, told by its error and the causes beneath it. */

const SUPERSEDED: ReadonlySet<string> = new Set(['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID']);

const FENCED: ReadonlySet<string> = new Set([
  'INVALID_PRODUCER_EPOCH',
  'PRODUCER_FENCED',
  'TRANSACTION_COORDINATOR_FENCED',
]);

const SPENT: ReadonlySet<string> = new Set(['OUT_OF_ORDER_SEQUENCE_NUMBER', 'UNKNOWN_PRODUCER_ID']);

const TOO_LARGE: ReadonlySet<string> = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD']);

/** Errors that trying again does not mend: somebody has to change something first. */
const PERMANENT: ReadonlySet<string> = new Set([
  'CLUSTER_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'INVALID_GROUP_ID',
  'INVALID_SESSION_TIMEOUT',
  'INVALID_TOPIC_EXCEPTION',
  'INCONSISTENT_GROUP_PROTOCOL',
  'SASL_AUTHENTICATION_FAILED',
  'ILLEGAL_SASL_STATE',
  'TOPIC_AUTHORIZATION_FAILED',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  'UNSUPPORTED_SASL_MECHANISM',
  'UNSUPPORTED_VERSION',
]);
const PERMANENT_NAMES: ReadonlySet<string> = new Set([
  'KafkaJSNotImplemented',
  'KafkaJSSASLAuthenticationError',
  'KafkaJSServerDoesNotSupportApiKey',
  'KafkaJSUnsupportedMagicByteInMessageSet',
]);

/** The group has moved on without us: what we hold comes again, to us or to another. */
export function isSuperseded(error: unknown): boolean {
  return typesOf(error).some((type) => SUPERSEDED.has(type));
}

/** The group is being divided anew; the consumer has to join it again. */
export function isRebalance(error: unknown): boolean {
  return typesOf(error).includes('REBALANCE_IN_PROGRESS');
}

/** Another producer of the same transactional id has taken over. */
export function isFenced(error: unknown): boolean {
  return typesOf(error).some((type) => FENCED.has(type));
}

/** The broker has lost the thread of an idempotent producer, which can send nothing any more: only a new one can. */
export function isSpent(error: unknown): boolean {
  return typesOf(error).some((type) => SPENT.has(type)) || isFenced(error);
}

/** The broker refuses a record, or a request, for its size or its form. */
export function isTooLarge(error: unknown): boolean {
  return typesOf(error).some((type) => TOO_LARGE.has(type));
}

/** A topic or partition is not there. */
export function isUnknownTopic(error: unknown): boolean {
  return typesOf(error).includes('UNKNOWN_TOPIC_OR_PARTITION');
}

/** Trying again does not help. */
export function isPermanent(error: unknown): boolean {
  return chainOf(error).some(
    (each) => PERMANENT_NAMES.has(textField(each, 'name')) || PERMANENT.has(textField(each, 'type')),
  );
}

function typesOf(error: unknown): string[] {
  return chainOf(error).map((each) => textField(each, 'type'));
}

/** The error and its causes, outermost first. */
function chainOf(error: unknown): object[] {
  const chain: object[] = [];
  for (let each = error; isObject(each) && !chain.includes(each); each = 'cause' in each ? each.cause : undefined)
    chain.push(each);
  return chain;
}

function textField(value: object, name: string): string {
  const field: unknown = Reflect.get(value, name);
  return typeof field === 'string' ? field : '';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
