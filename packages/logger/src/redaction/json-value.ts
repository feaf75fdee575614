/** A value that consists of plain objects, arrays, strings, numbers, booleans and null only. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };
