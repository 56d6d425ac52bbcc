import { type Memory, wasm } from './web-assembly.ts';

const ALIGNMENT = 16;
const PAGE = 65_536;

/** A field of a struct: an integer (a count, or where something lies), or a float32. */
type Field = number | { readonly f32: number };

/** Lays out what kernels read, before there is a memory: each thing is given its place in bytes, on a multiple of sixteen. */
export class Layout {
  /** Where nothing lies: a kernel reads 0 as "there is none". */
  #end = ALIGNMENT;
  readonly #parts: { readonly at: number; readonly bytes: Uint8Array }[] = [];

  /** Where all ends that was laid out. */
  get end(): number {
    return this.#end;
  }

  /** Room for so many bytes, zeros at first. */
  room(bytes: number): number {
    const at = this.#end;
    this.#end += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    return at;
  }

  place(values: ArrayBufferView): number {
    const at = this.room(values.byteLength);
    this.#parts.push({ at, bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) });
    return at;
  }

  /** The fields one after another, four bytes each, as AssemblyScript lays out an unmanaged class of such. */
  struct(...fields: readonly Field[]): number {
    const view = new DataView(new ArrayBuffer(4 * fields.length));
    for (const [index, field] of fields.entries())
      if (typeof field === 'number') view.setUint32(4 * index, field, true);
      else view.setFloat32(4 * index, field.f32, true);
    return this.place(view);
  }

  /** A memory with everything in its place. */
  memory(): Memory {
    const memory = new wasm.Memory({ initial: pagesFor(this.#end) });
    const bytes = new Uint8Array(memory.buffer);
    for (const part of this.#parts) bytes.set(part.bytes, part.at);
    return memory;
  }
}

/** How many pages hold so many bytes. */
export function pagesFor(bytes: number): number {
  return Math.ceil(bytes / PAGE);
}
