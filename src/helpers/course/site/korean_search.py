"""Search in Korean: the index holds morphemes, and the query is cut at what the index holds.

Korean writes particles and endings onto the word before: 합성곱을, 합성곱은 and 합성곱의 are one
noun. When the site is built, Kiwi cuts the text into morphemes, and what carries meaning goes into
the index. No Kiwi runs in the browser: there a query takes, from its start, the longest word that
the index holds, and then the longest of the rest. What is left over are particles and endings.
"""

import re
from functools import cache

from kiwipiepy import Kiwi
from sphinx.search.en import SearchEnglish

_HANGUL = re.compile(r"[가-힣]+")
#: Tags of Kiwi: nouns, roots, the stems of verbs and adjectives, prefixes and suffixes of nouns.
_NOUN = ("NNG", "NNP", "NNB", "NR", "NP", "XR", "XPN", "XSN", "SN", "SL")
_STEM = ("VV", "VA", "MAG")
#: As one syllable these would be found in almost every word.
_SHORTEST = 2


class SearchKorean(SearchEnglish):
    """The search of Sphinx for Korean text with English terms in it."""

    lang = "ko"  # the name stays English, as that of the stemmer in the page
    js_splitter_code = """
function splitQuery(query) {
  const known = (word) =>
    Object.hasOwn(Search._index.terms, word) || Object.hasOwn(Search._index.titleterms, word);
  function longestFirst(word) {
    const found = [];
    for (let start = 0; start < word.length; ) {
      let end = word.length;
      while (end - start >= 2 && !known(word.slice(start, end))) end--;
      if (end - start < 2) start++;
      else {
        found.push(word.slice(start, end));
        start = end;
      }
    }
    return found.length ? found : [word];
  }
  return (query.match(/[가-힣]+|[^\\s가-힣]+/g) ?? []).flatMap((part) =>
    /[가-힣]/.test(part) ? longestFirst(part) : (part.match(/[\\p{L}\\p{N}_]+/gu) ?? []),
  );
}
// Titles and the entries of the index are compared with the words, too, not with their particles.
const parseQuery = Search._parseQuery;
Search._parseQuery = (query) => [splitQuery(query).join(" "), ...parseQuery(query).slice(1)];
"""

    def split(self, text: str) -> list[str]:
        """Return the words of a text for the index: morphemes, and words that are not Korean."""
        return [*_HANGUL.sub(" ", text).split(), *_morphemes(text)]

    def stem(self, word: str) -> str:
        """Return a morpheme as it is, and the stem of an English word."""
        return word if _HANGUL.match(word) else super().stem(word)


def _morphemes(text: str) -> set[str]:
    """Return what carries meaning in a Korean text.

    Examples
    --------
    >>> sorted(_morphemes("합성곱을 배웁니다."))
    ['배우', '합성', '합성곱']
    """
    if not _HANGUL.search(text):
        return set()
    found: set[str] = set()
    run = ""  # the nouns that stand together in a word
    end = -1
    for token in _kiwi().tokenize(text):
        if run and (token.tag not in _NOUN or token.start != end):
            found.add(run)
            run = ""
        if token.tag in _NOUN:
            run += token.form
        if token.tag in (*_NOUN, *_STEM):
            found.add(token.form)
        end = token.start + token.len
    return {word for word in {*found, run} if len(word) >= _SHORTEST and _HANGUL.search(word)}


@cache
def _kiwi() -> Kiwi:
    return Kiwi()  # 2 s
