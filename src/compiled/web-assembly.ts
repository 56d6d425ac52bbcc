/** Memory of a program, in pages of 64 KiB; `buffer` is another after it has grown. */
export interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** A program, ready to be given a memory. */
export type Module = object;

/** TypeScript has these types only together with those of a browser. */
interface WebAssemblyNamespace {
  readonly Memory: new (size: { readonly initial: number }) => Memory;
  readonly Module: new (bytes: Uint8Array) => Module;
  readonly Instance: new (
    module: Module,
    imports: { readonly env: { readonly memory: Memory } },
  ) => {
    readonly exports: object;
  };
}

declare const WebAssembly: WebAssemblyNamespace;

export const wasm: WebAssemblyNamespace = WebAssembly;
