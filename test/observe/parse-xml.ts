import { expect } from 'chai';

/** What a document holds. */
export interface ParsedXml {
  /** Opening and empty tags by name, in document order. */
  readonly tags: readonly { readonly name: string; readonly attributes: ReadonlyMap<string, string> }[];
  /** Text between tags, unescaped. */
  readonly texts: readonly string[];
}

const TOKEN =
  /<(?<close>\/?)(?<name>[a-z][a-z\d]*)(?<rest>(?:\s+[\w:-]+="[^"<]*")*)\s*(?<empty>\/?)>|(?<text>[^<]+)/giy;
const ENTITY = /&(?:amp|lt|gt|quot|#39);/g;
const ENTITIES = new Map([
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&#39;', "'"],
]);

/** Reads a document of tags, quoted attributes and text; fails on anything that is not well-formed. */
export function parseXml(source: string): ParsedXml {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: just these are forbidden
  expect(source).not.to.match(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/);
  const tags: { name: string; attributes: Map<string, string> }[] = [];
  const texts: string[] = [];
  const open: string[] = [];
  let read = 0;
  for (const { 0: token, index, groups = {} } of source.matchAll(TOKEN)) {
    if (index !== read) break;
    read += token.length;
    const { close, name = '', rest = '', empty, text } = groups;
    if (text !== undefined) {
      check(open.length > 0, `text outside of the root: ${text}`);
      texts.push(unescaped(text));
    } else if (close) {
      const opened = open.pop();
      check(opened === name, `<${opened}> closed by ${token}`);
    } else {
      check(open.length > 0 || tags.length === 0, `a second root: ${token}`);
      const pairs = Array.from(
        rest.matchAll(/([\w:-]+)="([^"]*)"/g),
        ([, key = '', value = '']) => [key, unescaped(value)] as const,
      );
      check(new Set(pairs.map(([key]) => key)).size === pairs.length, `an attribute twice: ${token}`);
      tags.push({ name, attributes: new Map(pairs) });
      if (!empty) open.push(name);
    }
  }
  check(read === source.length, `something unreadable at ${read}: ${source.slice(read, read + 40)}`);
  check(open.length === 0, `tags that stay open: ${open.join(', ')}`);
  return { tags, texts };
}

function unescaped(text: string): string {
  check(!text.replaceAll(ENTITY, '').includes('&'), `an ampersand that is no entity: ${text}`);
  return text.replaceAll(ENTITY, (entity) => ENTITIES.get(entity) ?? '');
}

/** Cheaper than an expectation: one document asks it a thousand times. */
function check(holds: boolean, otherwise: string): void {
  if (!holds) expect.fail(`The XML has ${otherwise}`);
}
