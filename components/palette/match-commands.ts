/** Which commands fit what somebody typed. */

const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** Every typed word begins a word of the text: "fi ov" fits "Filter: overdue". */
export function fits(typed: string, text: string): boolean {
  const own = wordsOf(text);
  return wordsOf(typed).every((start) => own.some((word) => word.startsWith(start)));
}

/** What begins as typed comes first, else in the order given: "appr" is Approve before Undo of something approved. */
export function beginsFirst<Named extends { readonly words: string }>(
  typed: string,
  named: readonly Named[],
): readonly Named[] {
  const start = wordsOf(typed).join(' ');
  const begins = ({ words }: Named) => wordsOf(words).join(' ').startsWith(start);
  return [...named.filter(begins), ...named.filter((each) => !begins(each))];
}
