/** What the documents of a chaos run are: whoever makes, labels or judges them agrees here, and nowhere else. */
import type { Message } from 'kafkajs';

/** What each label is spoken for by one lane. */
export const COLOURS = ['red', 'green', 'blue'] as const;

export type Colour = (typeof COLOURS)[number];

/** What has to become of a document. */
export type Fate = Colour | 'dead letter';

/** The header by which the judge knows a document whatever its value is. */
export const ID = 'chaos-id';
/** Lanes refuse a document that has this word. */
export const POISON = 'poison';
/** The tokenizer refuses a document that has this word. */
export const SCRAWL = 'scrawl';

/** A prime, so that a key's documents are of all kinds and colours. */
const KEYS = 499;
/** Of so many documents, one each is broken in a way of its own. */
const BROKEN_OF = 500;

type Kind = 'fine' | 'tombstone' | 'corrupt' | typeof POISON | typeof SCRAWL;

function kindOf(id: number): Kind {
  switch (id % BROKEN_OF) {
    case 101:
      return 'tombstone';
    case 202:
      return 'corrupt';
    case 303:
      return POISON;
    case 404:
      return SCRAWL;
    default:
      return 'fine';
  }
}

/** Documents of a key come with rising ids. */
export function keyOf(id: number): string {
  return `key-${id % KEYS}`;
}

export function fateOf(id: number): Fate {
  return kindOf(id) === 'fine' ? colourOf(id) : 'dead letter';
}

export function messageOf(id: number): Message {
  return { key: keyOf(id), value: textOf(id), headers: { [ID]: String(id) } };
}

function textOf(id: number): string | null {
  const kind = kindOf(id);
  if (kind === 'tombstone') return null;
  const text = `Document ${id} is ${colourOf(id)}${kind === 'fine' ? '' : ` and ${kind}`}`;
  const value = JSON.stringify({ id, text });
  return kind === 'corrupt' ? value.slice(0, -2) : value;
}

function colourOf(id: number): Colour {
  return COLOURS[id % COLOURS.length] ?? 'red';
}
