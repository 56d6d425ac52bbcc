import { InvalidArgumentError } from 'commander';

const SIZE = /^(\d+(?:\.\d+)?|\.\d+)\s*([kmg]?i?b)?$/i;
const UNITS: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1000,
  mb: 1000 ** 2,
  gb: 1000 ** 3,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
};

/** `750000`, `500kB`, `1.5MB`, `1MiB`: bytes, at least 1. */
export function parseSize(value: string): number {
  const [, amount, unit = 'b'] = SIZE.exec(value.trim()) ?? [];
  const bytes = Math.floor(Number(amount) * (UNITS[unit.toLowerCase()] ?? Number.NaN));
  if (Number.isSafeInteger(bytes) && bytes >= 1) return bytes;
  throw new InvalidArgumentError('Expected a size, such as 1MB, 500kB, 1MiB or 750000 (bytes).');
}
