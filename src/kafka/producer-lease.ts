import type { KafkaProducer } from './client.ts';

const connections = new WeakMap<KafkaProducer, Connection>();

/**
 * A producer for as long as somebody uses it: `toKafka(kafka.producer(), …)` leaves nobody else to connect and disconnect it. The first
 * of its users that sends something connects it, and the last that leaves disconnects it.
 */
export class ProducerLease {
  readonly producer: KafkaProducer;
  readonly #connection: Connection;
  #released = false;

  constructor(producer: KafkaProducer) {
    this.producer = producer;
    this.#connection = connections.get(producer) ?? new Connection(producer);
    connections.set(producer, this.#connection);
    this.#connection.users++;
  }

  /** Connects the producer, if nobody has yet. After a rejection it can be called again. */
  connect(): Promise<void> {
    return this.#connection.connect();
  }

  /** The producer does not work: it is connected again, whoever has disconnected it. */
  reconnect(): void {
    this.#connection.reconnect();
  }

  /** Never rejects: a producer that cannot be disconnected is dead. */
  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    await this.#connection.leave();
  }
}

class Connection {
  users = 0;
  readonly #producer: KafkaProducer;
  /** The attempt that has succeeded or is under way. */
  #connected: Promise<void> | undefined;
  /** Whether there is, or may be, something to disconnect. */
  #used = false;
  #disconnected: Promise<void> = Promise.resolve();

  constructor(producer: KafkaProducer) {
    this.#producer = producer;
  }

  connect(): Promise<void> {
    if (this.#connected) return this.#connected;
    this.#used = true;
    const attempt = this.#disconnected.then(() => this.#producer.connect());
    this.#connected = attempt;
    attempt.catch(() => {
      if (this.#connected === attempt) this.#connected = undefined;
    });
    return attempt;
  }

  reconnect(): void {
    this.#connected = undefined;
  }

  async leave(): Promise<void> {
    this.users--;
    if (this.users > 0 || !this.#used) return;
    const attempt = this.#connected;
    this.#connected = undefined;
    this.#used = false;
    this.#disconnected = this.#disconnect(attempt);
    await this.#disconnected;
  }

  async #disconnect(attempt: Promise<void> | undefined): Promise<void> {
    try {
      await attempt;
      await this.#producer.disconnect();
    } catch {
      // Dead already.
    }
  }
}
