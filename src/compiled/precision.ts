/** To how many bits the folded tables of a CNN are rounded; 8 are half as large and faster. */
export type Precision = '16-bit' | '8-bit';
