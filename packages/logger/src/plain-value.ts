/** A value made of nothing but plain objects, arrays, strings, numbers, booleans and null. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [name: string]: Plain };
