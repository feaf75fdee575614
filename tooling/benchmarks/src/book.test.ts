import { describe, expect, it } from 'vitest';
import { createBook } from './book.ts';

const slice = { fromMs: 100, toMs: 200 };

describe('the book of a slice', () => {
  it('counts a latency from when the request was due', () => {
    const book = createBook();
    book.add(110, 115);
    book.add(120, 180);
    expect(book.accountOf(slice)).toEqual({ requests: 2, refused: 0, latenciesMs: [5, 60] });
  });

  it('charges a stall to every request that was due meanwhile', () => {
    const book = createBook();
    // The server answers nothing from 110 to 160; a request is due each ten milliseconds.
    for (const due of [110, 120, 130, 140, 150]) book.add(due, 160);
    expect(book.accountOf(slice).latenciesMs).toEqual([50, 40, 30, 20, 10]);
  });

  it('leaves out what was due before the slice, and counts its answer as work of the slice', () => {
    const book = createBook();
    book.add(95, 105);
    expect(book.accountOf(slice)).toEqual({ requests: 1, refused: 0, latenciesMs: [] });
  });

  it('keeps the latency of what was answered only after the slice, and does not count it as served in it', () => {
    const book = createBook();
    book.add(190, 450);
    expect(book.accountOf(slice)).toEqual({ requests: 0, refused: 0, latenciesMs: [260] });
  });

  it('has nothing of the lead-in, and nothing of after the end', () => {
    const book = createBook();
    book.add(10, 20);
    book.add(200, 210);
    expect(book.accountOf(slice)).toEqual({ requests: 0, refused: 0, latenciesMs: [] });
    expect(book.size()).toBe(2);
  });

  it('begins with its first moment and ends before its last', () => {
    const book = createBook();
    book.add(100, 100);
    book.add(200, 200);
    expect(book.accountOf(slice)).toEqual({ requests: 1, refused: 0, latenciesMs: [0] });
  });

  it('keeps those that were refused apart', () => {
    const book = createBook();
    for (const ms of [99, 100, 150, 200]) book.refuse(ms);
    expect(book.accountOf(slice)).toEqual({ requests: 0, refused: 2, latenciesMs: [] });
    expect(book.size()).toBe(0);
  });
});
