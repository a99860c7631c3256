/** A flag of England, Scotland or Wales: letters that only it makes visible (Unicode Technical Standard 51, emoji tag sequences). */
const TAGGED_FLAG = /\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{1,6}\u{e007f}/gu;

/** Controls, separators of lines, private use, halves of pairs, and what Unicode keeps free of characters for ever. */
const NO_CHARACTER = /[\p{Cc}\p{Zl}\p{Zp}\p{Co}\p{Cs}\p{Noncharacter_Code_Point}]/u;

/** What is not shown by itself. Joiners and variation selectors are: by the shape of their neighbours. */
const IGNORABLE = /(?![\p{Join_Control}\p{Variation_Selector}])\p{Default_Ignorable_Code_Point}/u;

/** What no property tells: marks around annotations, the place of an object that is not there, and a pattern of Braille without dots. */
const BLANK = /[\ufff9-\ufffc\u2800]/u;

/** A mark or a joiner that has nothing before it to stand on. */
const LONE_MARK = /(?:^|\s)[\p{M}\p{Join_Control}]/u;

/** A letter, a digit, a sign or a symbol that is shown. */
const SEEN = /(?!\p{Default_Ignorable_Code_Point})[\p{L}\p{N}\p{P}\p{S}]/u;

/** Whether a name holds a character that nobody can see: two such names look like one. */
export function hasUnseen(name: string): boolean {
  const plain = name.replaceAll(TAGGED_FLAG, '\u{1f3f4}');
  return [NO_CHARACTER, IGNORABLE, BLANK].some((pattern) => pattern.test(plain));
}

/** Whether a combining mark in the name stands on nothing. */
export function hasLoneMark(name: string): boolean {
  return LONE_MARK.test(name);
}

/** Whether there is something to be seen in the name. */
export function isVisible(name: string): boolean {
  return SEEN.test(name);
}
