// Reads {"tokenizers": [path of a tokenizer.json, ...], "texts": [...], "addSpecialTokens": false} on standard input and prints, for each
// tokenizer and each text, the ids and offsets, flat: [start, end, start, end, ...], in code points. A tokenizer that does not load: its error.
'use strict';
const { readFileSync } = require('fs');
const { Tokenizer } = require('tokenizers');

async function encode(path, texts, addSpecialTokens) {
  let tokenizer;
  try {
    tokenizer = Tokenizer.fromFile(path);
    // what a file says of these is for its own user; Hugging Face's classes set them anew at every call
    tokenizer.disablePadding();
    tokenizer.disableTruncation();
  } catch (error) {
    return { error: error.message };
  }

  const results = [];
  for (let start = 0; start < texts.length; start += 1000) {
    const encodings = await tokenizer.encodeBatch(texts.slice(start, start + 1000), { addSpecialTokens });
    for (const encoding of encodings) results.push({ ids: encoding.getIds(), offsets: encoding.getOffsets().flat() });
  }

  return { results };
}

async function main() {
  const request = JSON.parse(readFileSync(0, 'utf8'));
  const answers = [];
  for (const path of request.tokenizers) answers.push(await encode(path, request.texts, request.addSpecialTokens ?? false));
  process.stdout.write(JSON.stringify(answers));
}

main();
