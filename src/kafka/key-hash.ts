const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

/** The FNV-1a hash of a key, a non-negative 32-bit integer: the same for a text and its bytes in UTF-8. */
export function hashOf(key: Buffer | string): number {
  let hash = OFFSET;
  for (const byte of typeof key === 'string' ? Buffer.from(key) : key) hash = Math.imul(hash ^ byte, PRIME);
  return hash >>> 0;
}
