/** A flag of England, Scotland or Wales. Only there are tag characters visible (Unicode Technical Standard 51, emoji tag sequences). */
const TAGGED_FLAG = /\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{1,6}\u{e007f}/gu;

/** Control characters, line separators, private use, surrogates and noncharacters. */
const NO_CHARACTER = /[\p{Cc}\p{Zl}\p{Zp}\p{Co}\p{Cs}\p{Noncharacter_Code_Point}]/u;

/**
 * Characters that are invisible by themselves. Joiners and variation selectors are not among them: they change the shape of their
 * neighbours.
 */
const IGNORABLE = /(?![\p{Join_Control}\p{Variation_Selector}])\p{Default_Ignorable_Code_Point}/u;

/** A joiner or variation selector after a letter of a script whose letters have one shape: it changes nothing. */
const IDLE = /[\p{Join_Control}\p{Variation_Selector}](?<=[\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}]\p{M}{0,4}.)/u;

/** A joiner or variation selector after another one, other than in an emoji. */
const DOUBLED = /(?!\ufe0f\u200d)[\p{Join_Control}\p{Variation_Selector}]{2}/u;

/**
 * Invisible characters that no Unicode property covers: annotation marks, the object replacement character and the blank Braille pattern.
 */
const BLANK = /[\ufff9-\ufffc\u2800]/u;

/** A combining mark or a joiner without a character before it. */
const LONE_MARK = /(?:^|\s)[\p{M}\p{Join_Control}]/u;

/** A visible letter, digit, punctuation mark or symbol. */
const SEEN = /(?!\p{Default_Ignorable_Code_Point})[\p{L}\p{N}\p{P}\p{S}]/u;

/** True if the name holds an invisible character. Two such names can look the same. */
export function hasUnseen(name: string): boolean {
  const plain = name.replaceAll(TAGGED_FLAG, '\u{1f3f4}');
  return [NO_CHARACTER, IGNORABLE, IDLE, DOUBLED, BLANK].some((pattern) => pattern.test(plain));
}

/** True if the name holds a combining mark without a base character. */
export function hasLoneMark(name: string): boolean {
  return LONE_MARK.test(name);
}

/** True if the name has at least one visible character. */
export function isVisible(name: string): boolean {
  return SEEN.test(name);
}
