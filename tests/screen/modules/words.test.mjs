/** Both languages are complete, and no view has texts or addresses of its own. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { dictionaries, lang, languageOf, plural, t } from "../../../api/screen/i18n/index.js";

const SCREEN = new URL("../../../api/screen/", import.meta.url);
const folders = ["", ...readdirSync(new URL("views/", SCREEN)).map((name) => `views/${name}/`)];
const files = folders.flatMap((folder) => readdirSync(new URL(folder, SCREEN)).filter((name) => name.endsWith(".js")).map((name) => folder + name));
const source = (name) => readFileSync(new URL(name, SCREEN), "utf8");
const withoutComments = (text) => text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "");
const placeholders = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

test("both languages have the same keys and the same placeholders", () => {
  const { vi, en } = dictionaries;
  assert.deepEqual(Object.keys(vi).sort(), Object.keys(en).sort());
  for (const key of Object.keys(vi)) assert.deepEqual(placeholders(vi[key]), placeholders(en[key]), key);
});

test("all words are in Unicode NFC", () => {
  for (const words of Object.values(dictionaries)) for (const text of Object.values(words)) assert.equal(text, text.normalize("NFC"));
});

test("no view has Vietnamese words of its own", () => {
  for (const name of files) assert.doesNotMatch(withoutComments(source(name)), /[\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u024F\u1E00-\u1EFF]/u, name);
});

test("every word a view asks for is there", () => {
  for (const name of files) {
    for (const [, key] of source(name).matchAll(/\b(?:t|plural)\("([a-z_.0-9]+)"/g)) assert.ok(key in dictionaries.vi, `${name}: ${key}`);
  }
});

test("no view builds markup from text, and no page asks for anything elsewhere", () => {
  for (const name of [...files, "index.html", "style/tokens.css", "style/layout.css", "style/views.css", "style/pages.css", "style/parts.css"]) {
    assert.doesNotMatch(source(name), /innerHTML|dangerouslySetInnerHTML|https?:\/\//, name);
  }
});

test("Vietnamese unless English is asked for", () => {
  assert.equal(languageOf(""), "vi");
  assert.equal(languageOf("?lang=en"), "en");
  assert.equal(languageOf("?lang=fr"), "vi");
  assert.equal(t("queue.fresh", { n: 3 }), "3 mới");
});

test("English has a singular, Vietnamese has none", () => {
  lang.value = "en";
  assert.equal(plural("tile.silent", 1), "1 source silent");
  assert.equal(plural("tile.silent", 14), "14 sources silent");
  lang.value = "vi";
  assert.equal(plural("tile.silent", 1), "1 nguồn im lặng");
});
