/** What XML 1.0 cannot hold in any form: control characters, halves of surrogate pairs, two that are no characters. */
const IMPOSSIBLE = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text as it stands in an XML document, between tags or in quotes; what XML cannot hold becomes U+FFFD. */
export function escapeXml(text: string): string {
  return text.replaceAll(IMPOSSIBLE, '\u{FFFD}').replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** An element; the values of attributes are escaped, children are markup already. */
export function element(
  tag: string,
  attributes: Readonly<Record<string, string | number>>,
  children: readonly string[] = [],
): string {
  const head = [tag, ...Object.entries(attributes).map(([name, value]) => `${name}="${escapeXml(String(value))}"`)];
  return children.length === 0 ? `<${head.join(' ')}/>` : `<${head.join(' ')}>${children.join('')}</${tag}>`;
}
