// Asks the engine about every code point and prints what src/Electra/Tokenization/UnicodeData.cs holds, packed as its comment says.
'use strict';
const { deflateRawSync } = require('zlib');
const { bertNormalizer, bertPreTokenizer, nfdNormalizer, Tokenizer } = require('tokenizers');

const off = { cleanText: false, handleChineseChars: false, stripAccents: false, lowercase: false };
const clean = bertNormalizer({ ...off, cleanText: true });
const accents = bertNormalizer({ ...off, stripAccents: true });
const lower = bertNormalizer({ ...off, lowercase: true });
const nfd = nfdNormalizer();
const splitter = bertPreTokenizer();

// one mark of each combining class; two marks keep their order in form D exactly when the first one's class is not higher
const marks = {
  1: 0x334, 7: 0x93c, 8: 0x3099, 9: 0x94d, 10: 0x5b0, 11: 0x5b1, 12: 0x5b2, 13: 0x5b3, 14: 0x5b4, 15: 0x5b5, 16: 0x5b6, 17: 0x5b7,
  18: 0x5b8, 19: 0x5b9, 20: 0x5bb, 21: 0x5bc, 22: 0x5bd, 23: 0x5bf, 24: 0x5c1, 25: 0x5c2, 26: 0xfb1e, 27: 0x64b, 28: 0x64c, 29: 0x64d,
  30: 0x618, 31: 0x619, 32: 0x61a, 33: 0x651, 34: 0x652, 35: 0x670, 36: 0x711, 84: 0xc55, 91: 0xc56, 103: 0xe38, 107: 0xe48, 118: 0xeb8,
  122: 0xec8, 129: 0xf71, 130: 0xf72, 132: 0xf74, 202: 0x327, 214: 0x1dce, 216: 0x31b, 218: 0x302a, 220: 0x323, 222: 0x59a, 224: 0x302e,
  226: 0x1d16d, 228: 0x302b, 230: 0x301, 232: 0x315, 233: 0x35c, 234: 0x35d, 240: 0x345,
};

const codePoints = (text) => Array.from(text, (character) => character.codePointAt(0));
const keepsOrder = (first, second) => nfd.normalizeString(first + second) === first + second;

function combiningClass(character) {
  const highest = String.fromCodePoint(marks[240]);
  if (character !== highest && keepsOrder(highest, character)) return 0;
  const alike = Object.keys(marks).filter((known) => {
    const mark = String.fromCodePoint(marks[known]);
    return keepsOrder(mark, character) && keepsOrder(character, mark);
  });
  if (alike.length !== 1) throw new Error(`U+${character.codePointAt(0).toString(16)} is in no known class`);
  return Number(alike[0]);
}

// a token that only matches as a single word matches after every character but \w
async function wordCharacters(characters) {
  const tokenizer = Tokenizer.fromString(JSON.stringify({
    version: '1.0',
    added_tokens: [{ id: 1, content: '<x>', single_word: true, lstrip: false, rstrip: false, normalized: false, special: true }],
    model: { type: 'WordPiece', unk_token: '?', continuing_subword_prefix: '##', max_input_chars_per_word: 100, vocab: { '?': 0, '<x>': 1 } },
  }));
  const found = new Set();
  for (let start = 0; start < characters.length; start += 5000) {
    const batch = characters.slice(start, start + 5000);
    const encodings = await tokenizer.encodeBatch(batch.map((character) => character + '<x>'));
    encodings.forEach((encoding, i) => { if (!encoding.getIds().includes(1)) found.add(batch[i].codePointAt(0)); });
  }

  return found;
}

const bytes = [];

function number(value) {
  for (; value >= 0x80; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  bytes.push(value);
}

function ranges(all, isMember) {
  const list = [];
  for (const codePoint of all) {
    if (!isMember(codePoint)) continue;
    const last = list.at(-1);
    if (last && last[1] === codePoint) last[1]++;
    else list.push([codePoint, codePoint + 1]);
  }

  number(list.length);
  let end = 0;
  for (const [first, next] of list) {
    number(first - end);
    number(next - first);
    end = next;
  }
}

function entries(list, write) {
  number(list.length);
  let previous = 0;
  for (const [codePoint, value] of list) {
    number(codePoint - previous);
    write(value);
    previous = codePoint;
  }
}

async function main() {
  const all = [];
  for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) if (codePoint < 0xd800 || codePoint > 0xdfff) all.push(codePoint);
  const text = (codePoint) => String.fromCodePoint(codePoint);
  const words = await wordCharacters(all.map(text));
  ranges(all, (codePoint) => clean.normalizeString(text(codePoint)) === '');
  ranges(all, (codePoint) => splitter.preTokenizeString(`a${text(codePoint)}b`).length === 3);
  ranges(all, (codePoint) => accents.normalizeString(text(codePoint)) === '' && nfd.normalizeString(text(codePoint)) === text(codePoint));
  ranges(all, (codePoint) => words.has(codePoint));
  // U+0130 becomes two code points, the only one that does
  const lowered = all.filter((codePoint) => codePoint !== 0x130 && lower.normalizeString(text(codePoint)) !== text(codePoint));
  entries(lowered.map((codePoint) => [codePoint, [codePoint, ...codePoints(lower.normalizeString(text(codePoint)))]]), ([from, to, more]) => {
    if (more !== undefined) throw new Error('a lower-case form of several code points');
    number(to > from ? 2 * (to - from) : 2 * (from - to) - 1);
  });
  const isHangul = (codePoint) => codePoint >= 0xac00 && codePoint <= 0xd7a3;
  const decomposed = all.filter((codePoint) => !isHangul(codePoint) && nfd.normalizeString(text(codePoint)) !== text(codePoint));
  entries(decomposed.map((codePoint) => [codePoint, codePoints(nfd.normalizeString(text(codePoint)))]), (to) => {
    number(to.length);
    to.forEach(number);
  });
  const changes = new Set(decomposed);
  entries(all.filter((codePoint) => !changes.has(codePoint) && !isHangul(codePoint))
    .map((codePoint) => [codePoint, combiningClass(text(codePoint))]).filter(([, value]) => value !== 0), number);
  console.log(deflateRawSync(Uint8Array.from(bytes), { level: 9 }).toString('base64'));
}

main();
